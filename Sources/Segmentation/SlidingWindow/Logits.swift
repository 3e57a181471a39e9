package import Files
package import Plans
package import Tensors
package import TrainedModels

/// What of a model decides how a case is prepared and exported.
package struct ModelFacts: Sendable {
    /// Axis order and intensities.
    package let plans: Plans
    /// Patch, spacing and resampling.
    package let configuration: PlansConfiguration
    /// What the network's channels mean.
    package let labels: LabelScheme

    /// Joins the three.
    package init(plans: Plans, configuration: PlansConfiguration, labels: LabelScheme) {
        self.plans = plans
        self.configuration = configuration
        self.labels = labels
    }

    /// The facts of a trained model.
    package init(_ folder: ModelFolder) {
        self.init(plans: folder.plans, configuration: folder.configuration, labels: folder.labels)
    }

    /// The spacings of the network's grid and of the case in the network's axis order, (z, y, x) mm.
    func spacings(of properties: CaseProperties) -> (network: [Double], original: [Double]) {
        let original = plans.transposeForward.map { properties.spacing[$0] }
        return (configuration.networkSpacing(original: original), original)
    }
}

/// The network's output for one case at the network's resolution, averaged over tiles, mirrorings and folds.
package final class Logits: Sendable {
    /// (head, z, y, x) in the network's axis order, float32.
    package let values: Tensor
    /// How the case was cut from its image.
    package let properties: CaseProperties
    /// The model that made them.
    package let model: ModelFacts

    /// Joins logits and what their export needs.
    ///
    /// Throws where the array has not one channel for each label or region of the model.
    package init(values: consuming Tensor, properties: CaseProperties, model: ModelFacts) throws(Problem) {
        guard values.shape.count == 4, values.shape[0] == model.labels.headCount else {
            throw .networkInput(expected: "\(model.labels.headCount) output channels", found: "\(values.shape)")
        }
        self.values = values
        self.properties = properties
        self.model = model
    }
}
