import Foundation
import Networks
import Plans
import PythonFormats
import TestSupport
import TrainedModels

/// A model folder made for a test: a tiny 2D network of three stages with numbers 0, 1, 2 … as weights.
struct TestModel {
    struct Tensor {
        var storageType = "FloatStorage"
        var content: [UInt8]
        var offset = 0
        var shape: [Int]
        var strides: [Int]
        /// The number of values that the storage declares.
        var count: Int

        init(_ values: [Float], shape: [Int]) {
            content = values.flatMap { bytes($0.bitPattern) }
            self.shape = shape
            strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
            count = values.count
        }

        init(_ type: String, _ content: [UInt8], size: Int, offset: Int = 0, shape: [Int], strides: [Int]) {
            storageType = type
            self.content = content
            self.offset = offset
            self.shape = shape
            self.strides = strides
            count = content.count / size
        }
    }

    static let architecture: OrderedJSON = [
        "network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
        "arch_kwargs": [
            "n_stages": 3, "features_per_stage": [2, 3, 4], "conv_op": "torch.nn.modules.conv.Conv2d", "kernel_sizes": 3,
            "strides": [1, 2, [2, 1]], "n_conv_per_stage": 1, "n_conv_per_stage_decoder": [1, 1], "conv_bias": true,
            "norm_op": "torch.nn.modules.instancenorm.InstanceNorm2d", "norm_op_kwargs": ["eps": 1e-05, "affine": true],
            "dropout_op": nil, "dropout_op_kwargs": nil, "nonlin": "torch.nn.LeakyReLU", "nonlin_kwargs": ["inplace": true],
        ],
        "_kw_requires_import": ["conv_op", "norm_op", "dropout_op", "nonlin"],
    ]

    static let resampling: OrderedJSON = ["is_seg": false, "order": 3, "order_z": 0, "force_separate_z": nil]

    static let configuration: OrderedJSON = [
        "preprocessor_name": "DefaultPreprocessor", "patch_size": [16, 8], "spacing": [1.0, 0.5],
        "normalization_schemes": ["ZScoreNormalization"], "use_mask_for_norm": [false],
        "resampling_fn_data": "resample_data_or_seg_to_shape", "resampling_fn_data_kwargs": resampling,
        "resampling_fn_seg": "resample_data_or_seg_to_shape",
        "resampling_fn_seg_kwargs": ["is_seg": true, "order": 1, "order_z": 0, "force_separate_z": nil],
        "resampling_fn_probabilities": "resample_data_or_seg_to_shape", "resampling_fn_probabilities_kwargs": resampling,
        "architecture": architecture,
    ]

    static let intensities: OrderedJSON = ["mean": 1, "std": 2.5, "percentile_00_5": -1.0, "percentile_99_5": 3.0]

    var plans: OrderedJSON = [
        "plans_name": "nnUNetPlans", "image_reader_writer": "SimpleITKIO", "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2], "foreground_intensity_properties_per_channel": ["0": intensities],
        "configurations": ["2d": configuration],
    ]
    var dataset: OrderedJSON = ["channel_names": ["0": "CT"], "labels": ["background": 0, "liver": 1], "file_ending": ".nii.gz"]
    var tensors: [(name: String, tensor: Tensor)]
    var configurationName: Py = .text("2d")
    var trainerName: Py = .text("nnUNetTrainer")
    var mirroringAxes: Py = .tuple([.integer(0), .integer(1)])
    var zip = TestZip()

    init() throws {
        let network = try Plans(json: plans, path: "plans.json").configuration("2d").network(
            inputChannels: 1, heads: 2, path: "plans.json")
        tensors = network.predictionWeights.map { ($0.name, Tensor(Self.values($0.shape), shape: $0.shape)) }
        tensors.append(("decoder.seg_layers.0.weight", Tensor(Self.values([2, 3, 1, 1]), shape: [2, 3, 1, 1])))
    }

    /// 0, 1, 2 …
    static func values(_ shape: [Int]) -> [Float] { (0..<shape.reduce(1, *)).map(Float.init) }

    /// Replaces a weight, or adds it.
    mutating func set(_ name: String, _ tensor: Tensor?) {
        tensors.removeAll { $0.name == name }
        if let tensor { tensors.append((name, tensor)) }
    }

    /// Gives weights other names.
    mutating func rename(_ change: (String) -> String) { tensors = tensors.map { (change($0.name), $0.tensor) } }

    /// The checkpoint file.
    func checkpoint(folder: String = "checkpoint_final") -> [UInt8] {
        let weights = tensors.enumerated().map { index, entry -> (Py, Py) in
            let tensor = entry.tensor
            let storage = Py.persistent(
                .tuple([
                    .text("storage"), .global("torch", tensor.storageType), .text(String(index)), .text("cpu"), .integer(tensor.count),
                ]))
            return (
                .text(entry.name),
                .call(
                    .global("torch._utils", "_rebuild_tensor_v2"),
                    [
                        storage, .integer(tensor.offset), .tuple(tensor.shape.map { .integer($0) }),
                        .tuple(tensor.strides.map { .integer($0) }), .bool(false), .call(.global("collections", "OrderedDict"), []),
                    ])
            )
        }
        let pickle = Py.dictionary([
            (.text("network_weights"), .dictionary(weights)), (.text("trainer_name"), trainerName),
            (.text("init_args"), .dictionary([(.text("configuration"), configurationName)])),
            (.text("inference_allowed_mirroring_axes"), mirroringAxes),
        ])
        var zip = zip
        zip.entries.insert((folder + "/data.pkl", pickle.pickled), at: 0)
        for (index, entry) in tensors.enumerated() { zip.entries.append(("\(folder)/data/\(index)", entry.tensor.content)) }
        return zip.data
    }

    /// Writes the folder with the same checkpoint for each fold.
    func write(folds: [String] = ["0"]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try Data(plans.pythonText().utf8).write(to: URL(filePath: folder.file("plans.json")))
        try Data(dataset.pythonText().utf8).write(to: URL(filePath: folder.file("dataset.json")))
        for fold in folds {
            try FileManager.default.createDirectory(atPath: folder.file("fold_" + fold), withIntermediateDirectories: true)
            try Data(checkpoint()).write(to: URL(filePath: folder.file("fold_\(fold)/checkpoint_final.pth")))
        }
        return folder
    }

    /// Opens the folder and its first fold's weights.
    func opened() throws -> (ModelFolder, Checkpoint) {
        let folder = try write()
        let model = try ModelFolder.open(path: folder.path)
        return (model, try model.openCheckpoint(model.folds[0]))
    }
}

extension OrderedJSON {
    /// The value with one key of an object set or, by nil, removed; the path is separated by dots.
    func setting(_ path: String, _ value: OrderedJSON?) -> OrderedJSON {
        guard case .object(var members) = self else { return self }
        let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
        let index = members.firstIndex { $0.key == parts[0] }
        let new = parts.count == 1 ? value : (self[parts[0]] ?? .object([])).setting(parts[1], value)
        if let index { members.remove(at: index) }
        if let new { members.insert(.init(parts[0], new), at: index ?? members.count) }
        return .object(members)
    }
}
