public import Files
public import Networks
package import Plans

/// A trained model as nnU-Net leaves it: `plans.json`, `dataset.json` and one checkpoint for each fold.
public struct ModelFolder: Sendable {
    /// The folder.
    public let path: String
    /// What plans.json says.
    public let plans: Plans
    /// What dataset.json says.
    public let dataset: DatasetDescription
    /// What the network's channels mean.
    public let labels: LabelScheme
    /// The configuration that the first fold's checkpoint names.
    public let configuration: PlansConfiguration
    /// The trainer that the first fold's checkpoint names, such as `nnUNetTrainer`.
    public let trainerName: String
    /// The spatial axes along which mirroring is allowed, from the first fold's checkpoint; nil for no mirroring.
    public let mirroringAxes: [Int]?
    /// The folds in the order they were asked for.
    public let folds: [Fold]
    /// The network.
    public let network: NetworkGraph
    /// The files that all of this was read from.
    public let version: ModelVersion

    /// The paths of plans.json and dataset.json.
    public var descriptionPaths: (plans: String, dataset: String) { (path + "/plans.json", path + "/dataset.json") }

    /// Throws, with the file named, when a file of the model is no longer the one that was read: nothing may be mixed of two models.
    public func requireUnchanged() throws(Problem) { try version.requireUnchanged() }

    /// The configuration's name, such as `3d_fullres`.
    public var configurationName: String { configuration.name }

    /// One trained fold.
    public struct Fold: Sendable, Hashable {
        /// Its number, or all.
        public let name: FoldName
        /// Its checkpoint file.
        public let checkpointPath: String
    }
}
