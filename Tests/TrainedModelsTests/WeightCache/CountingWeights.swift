import Files
import Foundation
import NeuralNetworks
import Networks
import Synchronization
import Tensors
import TestSupport
import TrainedModels

/// Passes a checkpoint's weights on and counts how often one was read.
struct CountingWeights: WeightSource {
    /// Shared by all copies.
    final class Count: Sendable {
        private let weights = Atomic<Int>(0)
        var value: Int { weights.load(ordering: .sequentiallyConsistent) }
        func add() { weights.add(1, ordering: .sequentiallyConsistent) }
    }

    let checkpoint: Checkpoint
    let count: Count

    func weight(_ name: String, shape: [Int]) throws(Problem) -> [Float] {
        count.add()
        return try checkpoint.weight(name, shape: shape)
    }

    func contains(_ name: String) -> Bool { checkpoint.contains(name) }
}

/// A tiny model on disk and a cache folder beside it.
struct CacheTrial {
    /// What preparing once gave.
    struct Outcome {
        let isFromCache: Bool
        let notice: String?
        /// How many weights were read from the checkpoint.
        let weightsRead: Int
        /// Of a fixed input.
        let logits: [Float]
        /// Stay in use as long as the outcome.
        let weights: NetworkWeights
    }

    let model: TemporaryFolder
    let folder: ModelFolder
    let cacheFolder: String

    init(_ change: (inout TestModel) -> Void = { _ in }) throws {
        var test = try TestModel()
        for (index, entry) in test.tensors.enumerated() {
            let count = entry.tensor.shape.reduce(1, *)
            let values = (0..<count).map { Float(($0 * 37 + index * 11) % 101 - 50) / 100 }
            test.set(entry.name, TestModel.Tensor(values, shape: entry.tensor.shape))
        }
        change(&test)
        model = try test.write()
        folder = try ModelFolder.open(path: model.path)
        cacheFolder = model.file("cache/below")
    }

    var checkpointPath: String { folder.folds[0].checkpointPath }

    /// Prepares the model's weights with a cache of its own, as a new process would.
    func prepare(
        in cacheFolder: String? = nil, limit: Int = WeightCache.defaultLimit, kernels: KernelSet = .best, threads: Int = 2
    ) throws -> Outcome {
        let cache = WeightCache(folder: cacheFolder ?? self.cacheFolder, limit: limit)
        let network = try Network(
            graph: folder.network, patch: folder.configuration.patchSize, team: ThreadTeam(threadCount: threads),
            kernels: kernels)
        let count = CountingWeights.Count()
        let prepared = try cache.weights(for: network, checkpoint: checkpointPath) { () throws(Problem) in
            CountingWeights(checkpoint: try folder.openCheckpoint(folder.folds[0]), count: count)
        }
        return Outcome(
            isFromCache: prepared.isFromCache, notice: prepared.notice, weightsRead: count.value,
            logits: Self.logits(network, prepared.weights), weights: prepared.weights)
    }

    static func logits(_ network: Network, _ weights: NetworkWeights) -> [Float] {
        let input = (0..<network.inputShape.reduce(1, *)).map { Float($0 * 29 % 83) / 83 - 0.5 }
        var logits = [Float](repeating: .nan, count: network.outputShape.reduce(1, *))
        var span = logits.mutableSpan
        network.predict(input.span, weights: weights, logits: &span)
        return logits
    }

    /// The entries' paths.
    var entries: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: cacheFolder)) ?? []
        return names.sorted().map { cacheFolder + "/" + $0 }
    }

    /// Sets when an entry was used last.
    static func setAge(_ path: String, seconds: Int) {
        let time = timeval(tv_sec: Foundation.time(nil) - seconds, tv_usec: 0)
        utimes(path, [time, time])
    }
}
