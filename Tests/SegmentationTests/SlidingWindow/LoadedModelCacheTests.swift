import CPUEngine
import Preprocessing
import Segmentation
import Tensors
import Testing
import TestSupport
import TrainedModels

struct `A model loaded from the cache of weights` {
    private static let path = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__3d_fullres")

    /// The logits of a case that the patch covers in a few tiles.
    private func logits(_ model: LoadedModel) throws -> [Float] {
        let shape = [1] + model.facts.configuration.patchSize
        var data = Tensor(shape: shape, repeating: 0)
        for index in 0..<data.buffer.count { data.buffer[index] = Float(index * 31 % 97) / 97 - 0.5 }
        let properties = CaseProperties(
            spacing: [1, 1, 1], shapeBeforeCropping: Array(shape[1...]), boundingBox: shape[1...].map { 0..<$0 })
        let prepared = PreprocessedCase(data: data, properties: properties)
        return try predictLogits(prepared, model: model, options: SlidingWindowOptions(useMirroring: false)).values.values
    }

    @Test func `computes the same bits for every fold`() throws {
        let folder = try TemporaryFolder()
        let opened = try ModelFolder.open(path: Self.path)
        let cache = WeightCache(folder: folder.path)
        let models = [
            try LoadedModel(folder: opened, engine: CPUNetworkEngine(team: team), team: team),
            try LoadedModel(folder: opened, engine: CPUNetworkEngine(team: team, cache: cache), team: team),
            try LoadedModel(folder: opened, engine: CPUNetworkEngine(team: team, cache: cache), team: team),
        ]
        let results = try models.map(logits)
        #expect(results[0] == results[1] && results[0] == results[2])
        #expect(models.allSatisfy { $0.foldCount == 2 && $0.notices.isEmpty })
        #expect(Set(models.map(\.memoryFootprint)).count == 1)
    }
}
