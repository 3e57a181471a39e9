package import Preprocessing
package import TrainedModels

extension ModelFacts {
    /// The facts of a trained model.
    package init(_ folder: ModelFolder) {
        self.init(plans: folder.plans, configuration: folder.configuration, labels: folder.labels)
    }
}
