import CPUEngine
import Foundation
import Preprocessing
import Segmentation
import Tensors
import Testing
import TestSupport
import TrainedModels

/// Which mirrorings a loaded model's checkpoint allows, and that each axis is the patch's own (specification 6.5, trap 6).
struct AllowedMirroringTests {
    private static let model = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d")

    /// One slice that the patch covers in one tile; no axis of it is symmetric.
    private func slice(mirroredAlong axis: Int? = nil, model: LoadedModel) -> PreprocessedCase {
        let patch = model.facts.configuration.patchSize.suffix(2)
        let (rows, columns) = (patch[patch.startIndex], patch[patch.startIndex + 1])
        var data = Tensor(shape: [1, 1, rows, columns], repeating: 0)
        for y in 0..<rows {
            for x in 0..<columns {
                let (sourceY, sourceX) = (axis == 1 ? rows - 1 - y : y, axis == 2 ? columns - 1 - x : x)
                let (v, u) = (Float(sourceY) / Float(rows), Float(sourceX) / Float(columns))
                let isInside = (u - 0.4) * (u - 0.4) + (v - 0.6) * (v - 0.6) < 0.1
                data.buffer[y * columns + x] = isInside ? 1 + u - 2 * v * v : -2 + u * v
            }
        }
        let properties = CaseProperties(
            spacing: [1, 1.5, 1.5], shapeBeforeCropping: [1, rows, columns], boundingBox: [0..<1, 0..<rows, 0..<columns])
        return PreprocessedCase(data: data, properties: properties)
    }

    /// How much the logits of the mirrored slice, mirrored back, differ from the slice's, as a part of the largest logit.
    private func asymmetry(_ axis: Int, _ model: LoadedModel, _ options: SlidingWindowOptions) throws -> Float {
        let logits = try predictLogits(slice(model: model), model: model, options: options)
        let (rows, columns) = (logits.values.shape[2], logits.values.shape[3])
        let plain = logits.values.values
        let mirrored = try predictLogits(slice(mirroredAlong: axis, model: model), model: model, options: options).values.values
        var (largest, difference): (Float, Float) = (0, 0)
        for index in plain.indices {
            let (row, x) = (index / columns, index % columns)
            let back = axis == 2 ? row * columns + columns - 1 - x : (row / rows * rows + rows - 1 - row % rows) * columns + x
            largest = max(largest, abs(plain[index]))
            difference = max(difference, abs(plain[index] - mirrored[back]))
        }
        return difference / largest
    }

    @Test(arguments: [1, 2]) func `a 2D checkpoint's axes are the slice's, not the stack's`(axis: Int) throws {
        let model = try LoadedModel(folder: ModelFolder.open(path: Self.model), engine: CPUNetworkEngine(team: team), team: team)
        #expect(model.mirroringAxes == [0, 1])
        #expect(try asymmetry(axis, model, SlidingWindowOptions()) < 1e-5)
        #expect(try asymmetry(axis, model, SlidingWindowOptions(useMirroring: false)) > 1e-3)
    }

    @Test func `every mirroring is one evaluation, and none without`() throws {
        let model = try LoadedModel(folder: ModelFolder.open(path: Self.model), engine: CPUNetworkEngine(team: team), team: team)
        for (options, evaluations) in [(SlidingWindowOptions(), 4), (SlidingWindowOptions(useMirroring: false), 1)] {
            var totals: Set<Int> = []
            _ = try predictLogits(slice(model: model), model: model, options: options, progress: { totals.insert($0.total) })
            #expect(totals == [evaluations])
        }
    }

    @Test(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
    func `a checkpoint without axes is never mirrored, even where mirroring is asked for`() throws {
        let folder = try TemporaryFolder()
        let files = FileManager.default
        try files.createDirectory(atPath: folder.file("fold_0"), withIntermediateDirectories: true)
        for (name, target) in [
            ("fold_0/checkpoint_final.pth", "no-mirroring-axes.pth"), ("plans.json", "plans.json"), ("dataset.json", "dataset.json"),
        ] {
            try files.createSymbolicLink(atPath: folder.file(name), withDestinationPath: SharedReference.path("checkpoints/" + target))
        }
        let model = try LoadedModel(folder: ModelFolder.open(path: folder.path), engine: CPUNetworkEngine(team: team), team: team)
        #expect(model.mirroringAxes == [])
        var totals: Set<Int> = []
        _ = try predictLogits(
            slice(model: model), model: model, options: SlidingWindowOptions(useMirroring: true), progress: { totals.insert($0.total) })
        #expect(totals == [1])
    }
}
