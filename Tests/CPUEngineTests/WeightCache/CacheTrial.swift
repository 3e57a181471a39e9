import CPUEngine
import Files
import Foundation
import Networks
import Synchronization
import Tensors
import TestSupport

/// Made-up weights that a file stands for: its text is a number, and the head's bias. Counts how often a weight was read.
struct FileWeights: TrainedWeights {
    /// Why the file gives no weights.
    static let notANumber = Problem(.damaged, of: .model, "is no number")

    /// Shared by all copies.
    final class Count: Sendable {
        private let weights = Atomic<Int>(0)
        var value: Int { weights.load(ordering: .sequentiallyConsistent) }
        func add() { weights.add(1, ordering: .sequentiallyConsistent) }
    }

    let path: String
    let count = Count()

    func digest() throws(Problem) -> String {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw Problem(.missing, of: .model, at: path, "is not there")
        }
        return SHA256.hexadecimal(SHA256.digest(of: Array(content).span.bytes))
    }

    func open() throws(Problem) -> any WeightSource {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), let bias = Float(text) else { throw Self.notANumber }
        return Source(bias: bias, count: count)
    }

    private struct Source: WeightSource {
        let bias: Float
        let count: Count

        func weight(_ name: String, shape: [Int]) throws(Problem) -> [Float] {
            count.add()
            let values = try RandomWeights().weight(name, shape: shape)
            return name == "decoder.seg_layers.1.bias" ? values.map { _ in bias } : values
        }

        func contains(_ name: String) -> Bool { true }
    }
}

/// A file of made-up weights and a cache folder beside it.
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

    let folder: TemporaryFolder
    let cacheFolder: String

    /// - `checkpoint`: what the file holds.
    init(checkpoint: String = "0.5") throws {
        folder = try TemporaryFolder()
        cacheFolder = folder.file("cache/below")
        try Data(checkpoint.utf8).write(to: URL(filePath: checkpointPath))
    }

    var checkpointPath: String { folder.file("checkpoint") }

    static func network(kernels: KernelSet = .best, threads: Int = 2) throws -> Network {
        let example = NetworkCase.all[0]
        return try Network(
            graph: try example.architecture.graph(), patch: example.patch, team: ThreadTeam(threadCount: threads), kernels: kernels)
    }

    /// Prepares the weights with a cache of its own, as a new process would.
    func prepare(
        in cacheFolder: String? = nil, limit: Int = WeightCache.defaultLimit, kernels: KernelSet = .best, threads: Int = 2
    ) throws -> Outcome {
        let cache = WeightCache(folder: cacheFolder ?? self.cacheFolder, limit: limit)
        let network = try Self.network(kernels: kernels, threads: threads)
        let weights = FileWeights(path: checkpointPath)
        let prepared = try network.prepare(weights, cache: cache)
        return Outcome(
            isFromCache: prepared.isFromCache, notice: prepared.notice, weightsRead: weights.count.value,
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
