package import Files
import FoundationEssentials
package import Networks
import Plans
import PythonFormats
import SystemPackage

extension ModelFolder {
    /// Opens a model folder: reads plans.json, dataset.json and the first fold's checkpoint, finds the folds, and checks that all of it
    /// belongs together. The weights' values are read by `openCheckpoint`.
    ///
    /// - `folds`: Which folds to use, in this order; nil takes all numbered ones, or `fold_all` where there is none, as nnU-Net does.
    /// - `checkpoint`: The file's name in each fold.
    /// - Throws: `Problem` that names the file and says what to do.
    package static func open(
        path: String, folds: [FoldName]? = nil, checkpoint: String = "checkpoint_final.pth"
    ) throws(Problem) -> ModelFolder {
        try requireModelFolder(path)
        let plansPath = path + "/plans.json"
        let datasetPath = path + "/dataset.json"
        var version = ModelVersion(of: [plansPath, datasetPath])
        let plans = try Plans(contentsOf: plansPath)
        let dataset = try DatasetDescription(contentsOf: datasetPath)
        let labels = try LabelScheme(dataset, path: datasetPath)
        let found = try find(folds, in: path, checkpoint: checkpoint)
        version.add(found.map(\.checkpointPath))
        let first = try Checkpoint.open(path: found[0].checkpointPath)
        if first.trainerName.contains("Primus") {
            throw .unsupported(
                path: first.path, found: "the trainer \(first.trainerName) with its network Primus",
                supported: PlansConfiguration.supportedNetworks)
        }
        let configuration = try plans.configuration(first.configurationName, channels: dataset.channelNames.count)
        try check(configuration, plans: plans, dataset: dataset, path: plansPath)
        let network = try configuration.network(
            inputChannels: dataset.channelNames.count + (configuration.previousStage == nil ? 0 : labels.foregroundLabels.count),
            heads: labels.headCount, uMamba: first.uMambaFamily, isBatchNormalized: first.trainerName == batchNormalizingTrainer,
            path: plansPath)
        if let axes = first.mirroringAxes, let axis = axes.first(where: { $0 >= configuration.patchSize.count }) {
            throw .mismatch(
                path: first.path, item: "inference_allowed_mirroring_axes", expected: "axes below \(configuration.patchSize.count)",
                found: "axis \(axis)", advice: "checkpoint and plans.json do not belong together")
        }
        try version.requireUnchanged()
        return ModelFolder(
            path: path, plans: plans, dataset: dataset, labels: labels, configuration: configuration, trainerName: first.trainerName,
            mirroringAxes: first.mirroringAxes, folds: found, network: try normalized(network, by: first), version: version)
    }

    /// Opens a fold's checkpoint and reads every weight once: each must be there, finite, undamaged, and of the right shape.
    ///
    /// - `known`: checkpoints that have passed this are not read again.
    /// - Throws: `Problem` that names the weight.
    package func openCheckpoint(_ fold: Fold, known: KnownCheckpoints = KnownCheckpoints()) throws(Problem) -> Checkpoint {
        let checkpoint = try Checkpoint.open(path: fold.checkpointPath)
        guard try Self.normalized(network, by: checkpoint) == network else {
            throw .mismatch(
                path: checkpoint.path, item: "normalisation", expected: "that of fold \(folds[0].name)", found: "another one",
                advice: "use folds of one training")
        }
        try known.check(checkpoint.path, for: network) { () throws(Problem) in try checkpoint.validate(for: network) }
        return checkpoint
    }

    /// The weights of every fold, for an engine to read.
    ///
    /// - `known`: what others found out about the checkpoints.
    package func weights(known: KnownCheckpoints = KnownCheckpoints()) -> [any TrainedWeights] {
        folds.map { FoldWeights(folder: self, fold: $0, known: known) }
    }

    /// The folds below a model folder that hold the checkpoint.
    private static func availableFolds(in path: String, checkpoint: String) throws(Problem) -> [FoldName] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw .unreadableModel(path: path, reason: "the folder can't be listed")
        }
        return names.filter { $0.hasPrefix("fold_") }.compactMap { FoldName($0.dropFirst("fold_".count)) }
            .filter { FileManager.default.fileExists(atPath: "\(path)/\($0.folderName)/\(checkpoint)") }.sorted()
    }

    private static func find(_ wanted: [FoldName]?, in path: String, checkpoint: String) throws(Problem) -> [Fold] {
        let available = try availableFolds(in: path, checkpoint: checkpoint)
        let numbered = available.filter { $0 != .all }
        let names = wanted ?? (numbered.isEmpty ? available : numbered)
        let missing = names.filter { !available.contains($0) }
        for fold in missing { try refuseClosedFolder("\(path)/\(fold.folderName)") }
        guard missing.isEmpty, !names.isEmpty else {
            let expected = missing.isEmpty ? "at least one fold" : missing.map { "\($0.folderName)/\(checkpoint)" }.joined(separator: ", ")
            throw .mismatch(
                path: path, item: "folds", expected: expected,
                found: available.isEmpty ? "no fold with a \(checkpoint)" : available.map(\.folderName).joined(separator: ", "),
                advice: "give the folds that were trained, or copy the missing ones")
        }
        return names.map { Fold(name: $0, checkpointPath: "\(path)/\($0.folderName)/\(checkpoint)") }
    }

    /// Where permissions hide a fold, it is not missing.
    private static func refuseClosedFolder(_ path: String) throws(Problem) {
        if let obstacle = FileSystem.obstacle(to: FilePath(path), [.read, .enter]), obstacle.isDenial {
            throw .unreadableModel(path: path, reason: obstacle.description, cause: obstacle)
        }
    }

    /// A dataset's folder holds its model folders; giving it instead of one of them is an easy mistake, and its cause is not plain from a
    /// missing plans.json.
    private static func requireModelFolder(_ path: String) throws(Problem) {
        let files = FileManager.default
        let kind: FileFacts.Kind
        do {
            kind = try FileSystem.status(of: FilePath(path)).facts.kind
        } catch {
            throw .unreadableModel(path: path, reason: error.isNothingThere ? "there is no such folder" : error.description, cause: error)
        }
        guard kind == .folder else {
            throw .mismatch(
                path: path, item: "model folder", expected: "a folder", found: "a file",
                advice: "a model that was exported as a zip archive must be unpacked first; give the folder with plans.json")
        }
        guard !files.fileExists(atPath: path + "/plans.json"), let names = try? files.contentsOfDirectory(atPath: path) else { return }
        let models = names.filter { files.fileExists(atPath: "\(path)/\($0)/plans.json") }.sorted()
        guard !models.isEmpty else { return }
        throw .mismatch(
            path: path, item: "model folder", expected: "plans.json in it",
            found: "the folders of models \(models.joined(separator: ", "))",
            advice: "give one of these")
    }

    /// nnU-Net indexes these lists by channel: an entry that is missing is an error there as well, one too many is never read.
    private static func check(
        _ configuration: PlansConfiguration, plans: Plans, dataset: DatasetDescription, path: String
    ) throws(Problem) {
        let channels = dataset.channelNames.count
        let lists = [
            ("configurations.\(configuration.name).normalization_schemes", configuration.normalizationSchemes.count),
            ("configurations.\(configuration.name).use_mask_for_norm", configuration.useMaskForNormalization.count),
            ("foreground_intensity_properties_per_channel", plans.intensityProperties.count),
        ]
        for (item, count) in lists where count < channels {
            throw .mismatch(
                path: path, item: item, expected: "\(channels) entries, one per channel of dataset.json", found: "\(count)",
                advice: "plans.json and dataset.json must be of one training.")
        }
        try checkResampling(configuration, path: path)
        for (channel, scheme) in configuration.normalizationSchemes.enumerated() where scheme == .ct {
            guard let (key, expected, found) = plans.intensityProperties[channel].unusable else { continue }
            throw .mismatch(
                path: path, item: "foreground_intensity_properties_per_channel.\(channel).\(key)",
                expected: "\(expected), which CTNormalization computes with", found: found.isNaN ? "none" : "\(found)",
                advice: "restore the plans.json of the training")
        }
    }

    /// Refuses intensities resampled as labels, and the labels of a previous stage as intensities.
    private static func checkResampling(_ configuration: PlansConfiguration, path: String) throws(Problem) {
        let (data, segmentation, probabilities) = configuration.resampling
        var functions = [("data", data, false), ("probabilities", probabilities, false)]
        if configuration.previousStage != nil { functions.append(("seg", segmentation, true)) }
        for (name, function, isSegmentation) in functions
        where function.kind != .none && function.isSegmentation != isSegmentation {
            throw .unsupported(
                path: path, found: "is_seg = \(!isSegmentation) in configurations.\(configuration.name).resampling_fn_\(name)_kwargs",
                supported: "\(isSegmentation)")
        }
    }

    /// nnU-Net's trainer that puts BatchNorm in the place of whatever normalisation the plans ask for.
    private static let batchNormalizingTrainer = "nnUNetTrainerBN"

    /// The network with the normalisation that the checkpoint proves: trainers derived from `nnUNetTrainerBN` replace the plans' InstanceNorm
    /// by BatchNorm, and only the running statistics among the weights show it.
    private static func normalized(
        _ network: NetworkGraph, by checkpoint: Checkpoint
    ) throws(Problem) -> NetworkGraph {
        guard let normalization = network.normalization else { return network }
        let hasStatistics = try checkpoint.hasRunningStatistics(network)
        switch normalization {
        case .instance where hasStatistics: return network.normalized(by: .batch(epsilon: 1e-5, affine: true))
        case .instance where checkpoint.trainerName != batchNormalizingTrainer: break
        case .batch where hasStatistics: break
        case .instance, .batch:
            throw .mismatch(
                path: checkpoint.path, item: "running statistics of batch normalisation", expected: "running_mean and running_var",
                found: "none", advice: "checkpoint and plans.json do not belong together (trainer \(checkpoint.trainerName))")
        }
        return network
    }
}

/// One fold's weights.
private struct FoldWeights: TrainedWeights {
    let folder: ModelFolder
    let fold: ModelFolder.Fold
    let known: KnownCheckpoints

    var path: String { fold.checkpointPath }

    func digest() throws(Problem) -> String { try known.sha256(of: path) }

    func open() throws(Problem) -> any WeightSource { try folder.openCheckpoint(fold, known: known) }
}
