import Files
import Foundation
import Networks
import PythonFormats
import TestSupport
import Testing
import TrainedModels

@Suite struct ModelFolderTests {
    @Test func `the bundled 3D model has two folds and four labels`() throws {
        let model = try ModelFolder.open(path: PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__3d_fullres"))
        #expect(model.folds.map(\.name) == [.number(0), .number(1)])
        #expect(model.configurationName == "3d_fullres")
        #expect(model.network.family == "PlainConvUNet")
        #expect(model.network.spatialDimensions == 3)
        #expect(model.network.headChannels == model.labels.headCount)
        #expect(model.labels.names.values.contains("liver"))
        #expect(model.configuration.normalizationSchemes == [.ct])
        #expect(model.plans.imageReaderWriter == "SimpleITKIO")
        for fold in model.folds { _ = try model.openCheckpoint(fold) }
    }

    @Test func `the bundled 2D model is complete`() throws {
        let model = try ModelFolder.open(path: PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d"))
        #expect(model.folds.map(\.name) == [.number(0)])
        #expect(model.configuration.patchSize.count == 2)
        _ = try model.openCheckpoint(model.folds[0])
    }

    @Test func `all numbered folds are used, and fold_all only where there is none`() throws {
        let both = try TestModel().write(folds: ["10", "all", "2", "x"])
        #expect(try ModelFolder.open(path: both.path).folds.map(\.name) == [.number(2), .number(10)])
        #expect(try ModelFolder.open(path: both.path, folds: [.all, .number(2)]).folds.map(\.name) == [.all, .number(2)])
        let all = try TestModel().write(folds: ["all"])
        #expect(try ModelFolder.open(path: all.path).folds.map(\.name) == [.all])
    }

    @Test func `a missing fold is named beside those that are there`() throws {
        let folder = try TestModel().write(folds: ["0", "1"])
        let error = try #require(throws: Problem.self) { try ModelFolder.open(path: folder.path, folds: [.number(0), .number(3)]) }
        #expect(error.description.contains("expected fold_3/checkpoint_final.pth, found fold_0, fold_1"))
    }

    @Test(.enabled(if: getuid() != 0, "root may read every folder"))
    func `a fold that may not be read is not called missing`() throws {
        let folder = try TestModel().write(folds: ["0", "1"])
        chmod(folder.file("fold_1"), 0)
        defer { chmod(folder.file("fold_1"), 0o700) }
        let error = try #require(throws: Problem.self) { try ModelFolder.open(path: folder.path, folds: [.number(0), .number(1)]) }
        #expect(error == .unreadable(path: folder.file("fold_1"), reason: "Permission denied"))
    }

    @Test func `a dataset's folder is refused with its models' names`() throws {
        let dataset = try TemporaryFolder()
        for name in ["nnUNetTrainer__nnUNetPlans__3d_fullres", "nnUNetTrainer__nnUNetPlans__2d"] {
            let model = try TestModel().write()
            try FileManager.default.copyItem(atPath: model.path, toPath: dataset.file(name))
        }
        let error = try #require(throws: Problem.self) { try ModelFolder.open(path: dataset.path) }
        #expect(
            error.description.contains("found the folders of models nnUNetTrainer__nnUNetPlans__2d, nnUNetTrainer__nnUNetPlans__3d_full"))
    }

    @Test func `configuration, trainer and mirroring are those of the first fold that was asked for`() throws {
        var model = try TestModel()
        model.plans = model.plans.setting("configurations.2d_bs4", ["inherits_from": "2d", "batch_size": 4])
        let folder = try model.write(folds: ["0", "1"])
        (model.configurationName, model.trainerName, model.mirroringAxes) = (.text("2d_bs4"), .text("theOther"), .none)
        try Data(model.checkpoint()).write(to: URL(filePath: folder.file("fold_1/checkpoint_final.pth")))
        let first = try ModelFolder.open(path: folder.path)
        #expect((first.configurationName, first.trainerName) == ("2d", "nnUNetTrainer"))
        #expect(first.mirroringAxes == [0, 1])
        let second = try ModelFolder.open(path: folder.path, folds: [.number(1), .number(0)])
        #expect((second.configurationName, second.trainerName) == ("2d_bs4", "theOther"))
        #expect(second.mirroringAxes == nil)
    }

    @Test func `another checkpoint name selects its files`() throws {
        let folder = try TestModel().write()
        let error = try #require(throws: Problem.self) { try ModelFolder.open(path: folder.path, checkpoint: "checkpoint_best.pth") }
        #expect(error.description.contains("no fold with a checkpoint_best.pth"))
    }

    @Test func `a folder without plans is refused with the file's name`() throws {
        let folder = try TestModel().write()
        try FileManager.default.removeItem(atPath: folder.file("plans.json"))
        let error = try #require(throws: Problem.self) { try ModelFolder.open(path: folder.path) }
        #expect(error.description.hasPrefix(folder.file("plans.json") + ": can't be read"))
    }

    @Test func `the configuration is the checkpoint's, whatever the folder is called`() throws {
        var model = try TestModel()
        model.plans = model.plans.setting("configurations.2d_bs4", ["inherits_from": "2d", "batch_size": 4])
        model.configurationName = .text("2d_bs4")
        #expect(try model.opened().0.configurationName == "2d_bs4")
        model.configurationName = .text("3d_fullres")
        expectRefusal(of: model, "expected a configuration named 3d_fullres, found 2d, 2d_bs4")
    }

    @Test func `running statistics among the weights mean batch normalisation, whatever the plans say`() throws {
        var model = try TestModel()
        model.trainerName = .text("nnUNetTrainerBN")
        expectRefusal(of: model, "running statistics of batch normalisation: expected running_mean and running_var, found none")
        let blocks = model.tensors.map(\.name).filter { $0.hasSuffix(".norm.bias") }.map { $0.dropLast(".bias".count) }
        for block in blocks.dropLast() { addStatistics(&model, String(block)) }
        expectRefusal(of: model, "running statistics in every block or in none")
        addStatistics(&model, String(try #require(blocks.last)))
        let (folder, checkpoint) = try model.opened()
        #expect(folder.network.normalization == .batch(epsilon: 1e-5, affine: true))
        #expect(checkpoint.contains("encoder.stages.0.0.convs.0.norm.running_var"))
    }

    @Test(
        arguments: [
            ("norm_op", .null), ("norm_op", "torch.nn.modules.batchnorm.BatchNorm2d"), ("norm_op_kwargs", ["eps": 0.01, "affine": false]),
        ] as [(String, OrderedJSON)])
    func `nnU-Net's trainer of batch normalisation puts its own in the place of whatever the plans ask for`(
        key: String, value: OrderedJSON
    ) throws {
        var model = try TestModel()
        let blocks = model.tensors.map(\.name).filter { $0.hasSuffix(".norm.bias") }.map { $0.dropLast(".bias".count) }
        for block in blocks { addStatistics(&model, String(block)) }
        model.plans = model.plans.setting("configurations.2d.architecture.arch_kwargs." + key, value)
        model.trainerName = .text("nnUNetTrainerBN")
        #expect(try model.opened().0.network.normalization == .batch(epsilon: 1e-5, affine: true))
    }

    @Test func `a weight that the network has no place for is refused by name`() throws {
        var model = try TestModel()
        model.plans = model.plans.setting("configurations.2d.architecture.arch_kwargs.norm_op", .null)
        expectRefusal(
            of: model, "weight 'decoder.stages.0.convs.0.norm.bias': expected none beside those of the network that plans.json describes")
    }

    @Test func `labels are not resampled as intensities, nor the other way round`() throws {
        var model = try TestModel()
        model.plans = model.plans.setting("configurations.2d.resampling_fn_data_kwargs.is_seg", true)
        expectRefusal(of: model, "is_seg = true in configurations.2d.resampling_fn_data_kwargs is not supported; supported: false")
    }

    @Test func `plans that ask for batch normalisation need its statistics`() throws {
        var model = try TestModel()
        model.plans = model.plans.setting(
            "configurations.2d.architecture.arch_kwargs.norm_op", "torch.nn.modules.batchnorm.BatchNorm2d")
        expectRefusal(of: model, "running statistics of batch normalisation")
    }

    @Test func `an unknown trainer is accepted when its weights fit, a Primus is refused by name`() throws {
        var model = try TestModel()
        model.trainerName = .text("nnUNetTrainerOurHospital_500epochs")
        #expect(try model.opened().0.trainerName == "nnUNetTrainerOurHospital_500epochs")
        model.trainerName = .text("nnUNet_Primus_M_Trainer")
        expectRefusal(of: model, "nnUNet_Primus_M_Trainer with its network Primus is not supported; supported: PlainConvUNet")
    }

    @Test func `intensities, schemes and masks are needed for every channel`() throws {
        var model = try TestModel()
        model.dataset = model.dataset.setting("channel_names.1", "PET")
        expectRefusal(of: model, "normalization_schemes: expected 2 entries")
        model.plans = model.plans.setting("configurations.2d.normalization_schemes", ["CTNormalization", "ZScoreNormalization"])
        expectRefusal(of: model, "use_mask_for_norm: expected 2 entries")
        model.plans = model.plans.setting("configurations.2d.use_mask_for_norm", [false, true])
        expectRefusal(of: model, "foreground_intensity_properties_per_channel: expected 2 entries")
    }

    @Test func `a cascade's network also takes one channel per foreground label`() throws {
        var model = try TestModel()
        model.plans = model.plans.setting("configurations.2d.previous_stage", "2d_lowres")
        expectRefusal(of: model, "weight 'encoder.stages.0.0.convs.0.conv.weight': expected shape [2, 2, 3, 3], found shape [2, 1, 3, 3]")
        model.set("encoder.stages.0.0.convs.0.conv.weight", .init(TestModel.values([2, 2, 3, 3]), shape: [2, 2, 3, 3]))
        #expect(try model.opened().0.network.inputChannels == 2)
    }

    @Test(arguments: [("0", FoldName.number(0)), ("12", .number(12)), ("all", .all), ("-1", nil), ("01", nil), ("", nil), ("All", nil)])
    func `folds are numbers or all`(_ text: String, _ fold: FoldName?) {
        #expect(FoldName(text) == fold)
        if let fold { #expect(fold.description == text) }
    }

    private func addStatistics(_ model: inout TestModel, _ norm: String) {
        let channels = model.tensors.first { $0.name == norm + ".bias" }?.tensor.shape ?? []
        for name in [".running_mean", ".running_var"] { model.set(norm + name, .init(TestModel.values(channels), shape: channels)) }
        model.set(norm + ".num_batches_tracked", .init("LongStorage", bytes(Int64(9)), size: 8, shape: [], strides: []))
    }
}
