package import Files
package import Networks
package import Plans

/// A trained model as nnU-Net leaves it: `plans.json`, `dataset.json` and one checkpoint for each fold.
package struct ModelFolder: Sendable {
    /// The folder.
    package let path: String
    /// What plans.json says.
    package let plans: Plans
    /// What dataset.json says.
    package let dataset: DatasetDescription
    /// What the network's channels mean.
    package let labels: LabelScheme
    /// The configuration that the first fold's checkpoint names.
    package let configuration: PlansConfiguration
    /// The trainer that the first fold's checkpoint names, such as `nnUNetTrainer`.
    package let trainerName: String
    /// The spatial axes along which mirroring is allowed, from the first fold's checkpoint; nil for no mirroring.
    package let mirroringAxes: [Int]?
    /// The folds in the order they were asked for.
    package let folds: [Fold]
    /// The network.
    package let network: NetworkGraph
    /// The files that all of this was read from.
    package let version: ModelVersion

    /// The paths of plans.json and dataset.json.
    package var descriptionPaths: (plans: String, dataset: String) { (path + "/plans.json", path + "/dataset.json") }

    /// Throws, with the file named, when a file of the model is no longer the one that was read: nothing may be mixed of two models.
    package func requireUnchanged() throws(Problem) { try version.requireUnchanged() }

    /// The configuration's name, such as `3d_fullres`.
    package var configurationName: String { configuration.name }

    /// One trained fold.
    package struct Fold: Sendable, Hashable {
        /// Its number, or all.
        package let name: FoldName
        /// Its checkpoint file.
        package let checkpointPath: String
    }
}
