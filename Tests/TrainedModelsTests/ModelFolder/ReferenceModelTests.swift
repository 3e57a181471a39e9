import Files
import Foundation
import Networks
import PythonFormats
import TestSupport
import Testing
import TrainedModels

@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct ReferenceModelTests {
    @Test func `the hippocampus model is a plain 3D network with three folds`() throws {
        let model = try open("Dataset004_Hippocampus/nnUNetTrainer__nnUNetPlansSmall__3d_fullres")
        #expect(model.folds.map(\.name) == [.number(0), .number(1), .number(2)])
        #expect(model.network.family == "PlainConvUNet")
        #expect(model.network.headChannels == 3)
        #expect(model.mirroringAxes == [0, 1, 2])
        #expect(model.labels.names == [0: "background", 1: "Anterior", 2: "Posterior"])
        #expect(model.configuration.normalizationSchemes == [.zScore])
        for fold in model.folds { _ = try model.openCheckpoint(fold) }
    }

    @Test func `the hippocampus 2D model sees slices and mirrors two axes`() throws {
        let model = try open("Dataset004_Hippocampus/nnUNetTrainer__nnUNetPlansSmall__2d")
        #expect(model.configuration.patchSize.count == 2)
        #expect(model.network.spatialDimensions == 2)
        #expect(model.mirroringAxes == [0, 1])
        _ = try model.openCheckpoint(model.folds[0])
    }

    @Test func `the residual encoder is recognised and complete`() throws {
        let model = try open("Dataset004_Hippocampus/nnUNetTrainer__nnUNetResEncSmall__3d_fullres")
        #expect(model.network.family == "ResidualEncoderUNet")
        #expect(!model.network.nodes.contains { $0.name.hasPrefix("encoder.stages.0.blocks.1") })
        _ = try model.openCheckpoint(model.folds[0])
    }

    @Test(arguments: ["3d_lowres", "3d_fullres", "3d_cascade_fullres"])
    func `the head CT models are trained on all cases and mirror the last axis only`(_ configuration: String) throws {
        let model = try open("Dataset501_HeadCT/nnUNetTrainer__nnUNetPlansSmall__" + configuration)
        #expect(model.folds.map(\.name) == [.all])
        #expect(model.configurationName == configuration)
        #expect(model.mirroringAxes == [2])
        #expect(model.configuration.normalizationSchemes == [.ct])
        let isCascade = configuration == "3d_cascade_fullres"
        #expect(model.configuration.previousStage == (isCascade ? "3d_lowres" : nil))
        #expect(model.network.inputChannels == 1 + (isCascade ? model.labels.foregroundLabels.count : 0))
        _ = try model.openCheckpoint(model.folds[0])
    }

    @Test func `the brain MR model has four channels, regions and flat kernels`() throws {
        let model = try open("Dataset502_BrainMR/nnUNetTrainer__nnUNetPlansSmall__3d_fullres")
        #expect(model.dataset.channelNames == ["T1pre", "T1post", "T2", "FLAIR"])
        #expect(model.labels.hasRegions)
        #expect(model.labels.foregroundRegions == [[1, 2], [2]])
        #expect(model.labels.names == [0: "background", 1: "whole_head only", 2: "whole_head + bright"])
        #expect(model.network.headChannels == 2)
        #expect(model.network.inputChannels == 4)
        #expect(model.network.stages[0].kernel == [1, 3, 3])
        _ = try model.openCheckpoint(model.folds[0])
    }

    @Test(arguments: ["bot2d", "bot3d", "enc2d", "enc3d"])
    func `a U-Mamba model is known by its weights, whatever its plans say`(_ name: String) throws {
        let model = try ModelFolder.open(path: SharedReference.path("umamba/" + name))
        #expect(model.network.family == (name.hasPrefix("bot") ? "UMambaBot" : "UMambaEnc"))
        #expect(model.folds.map(\.name) == [.all])
        _ = try model.openCheckpoint(model.folds[0])
    }

    @Test(arguments: [
        "Dataset004_Hippocampus/nnUNetTrainer__nnUNetPlansSmall__3d_fullres",
        "Dataset502_BrainMR/nnUNetTrainer__nnUNetPlansSmall__3d_fullres",
    ])
    func `plans and dataset are written again byte for byte`(_ model: String) throws {
        for file in ["plans.json", "dataset.json"] {
            let path = SharedReference.path("models/\(model)/\(file)")
            #expect(try OrderedJSON(contentsOf: path).pythonText() == String(contentsOfFile: path, encoding: .utf8))
        }
    }

    @Test func `a summary with sorted keys is written again byte for byte`() throws {
        let folder = "expected/best_configuration/nnUNetTrainer__nnUNetPlansSmall__2d__crossval_results_folds_0_1_2"
        let path = SharedReference.path(folder + "/summary.json")
        #expect(try OrderedJSON(contentsOf: path).pythonText(sortedKeys: true) == String(contentsOfFile: path, encoding: .utf8))
    }

    private func open(_ model: String) throws -> ModelFolder { try ModelFolder.open(path: SharedReference.path("models/" + model)) }
}
