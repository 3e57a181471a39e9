import Files
import Networks
import Preprocessing
import Segmentation
import Tensors
import Testing
import TestSupport
import TrainedModels

/// Whoever predicts knows the seam alone: any engine that implements it will do.
struct `An engine that is not the processor's` {
    /// Gives every voxel of head h the logit h, and counts what it was asked for.
    private struct Engine: NetworkEngine {
        func load(_ network: NetworkGraph, patch: [Int], weights: [any TrainedWeights]) throws(Problem) -> any LoadedNetwork {
            for fold in weights { _ = try fold.open().weight("decoder.seg_layers.0.weight", shape: []) }
            return Loaded(network, patch: patch, checkpointCount: weights.count)
        }
    }

    /// The same without reading a weight.
    private struct UnreadingEngine: NetworkEngine {
        func load(_ network: NetworkGraph, patch: [Int], weights: [any TrainedWeights]) throws(Problem) -> any LoadedNetwork {
            Loaded(network, patch: patch, checkpointCount: weights.count)
        }
    }

    private final class Loaded: LoadedNetwork {
        let inputShape: [Int]
        let outputShape: [Int]
        let checkpointCount: Int
        let memoryFootprint = 0
        let isWhole = true
        let notices = ["computed by counting"]

        init(_ network: NetworkGraph, patch: [Int], checkpointCount: Int) {
            inputShape = [network.inputChannels] + patch
            outputShape = [network.headChannels] + patch
            self.checkpointCount = checkpointCount
        }

        func predict(_ input: Span<Float>, checkpoint: Int, placement: PatchPlacement, into accumulator: borrowing LogitAccumulator) {
            let (sums, patch) = (accumulator.sums, accumulator.patch)
            let image = sums.layout.image
            for head in 0..<sums.layout.heads {
                for voxel in 0..<patch.reduce(1, *) {
                    let place = [voxel / (patch[1] * patch[2]), voxel / patch[2] % patch[1], voxel % patch[2]]
                    let at = (0..<3).map { placement.start[$0] + place[$0] }
                    guard (0..<3).allSatisfy({ at[$0] >= 0 && at[$0] < image[$0] }) else { continue }
                    sums[head, at[0], at[1], at[2]] += Float(head) * accumulator.weights[voxel]
                }
            }
        }
    }

    private let folder: ModelFolder
    private let team = ThreadTeam(threadCount: 2)

    init() throws {
        folder = try ModelFolder.open(path: PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d"))
    }

    @Test func `predicts a case tile by tile`() throws {
        let model = try LoadedModel(folder: folder, engine: UnreadingEngine(), team: team)
        #expect(model.notices == ["computed by counting"])
        let size = [2, 100, 130]
        let properties = CaseProperties(spacing: [1, 1, 1], shapeBeforeCropping: size, boundingBox: size.map { 0..<$0 })
        let logits = try predictLogits(
            PreprocessedCase(data: Tensor(shape: [1] + size, repeating: 0), properties: properties), model: model)
        let (count, values) = (size.reduce(1, *), logits.values.values)
        for head in 0..<model.facts.labels.headCount {
            for voxel in stride(from: 0, to: count, by: 97) {
                #expect(abs(values[head * count + voxel] - Float(head)) < 1e-4)
            }
        }
    }

    @Test func `has its refusals said with the model`() throws {
        let error = #expect(throws: Problem.self) { _ = try LoadedModel(folder: folder, engine: Engine(), team: team) }
        #expect("\(try #require(error))".contains("decoder.seg_layers.0.weight"), "\(String(describing: error))")
    }
}
