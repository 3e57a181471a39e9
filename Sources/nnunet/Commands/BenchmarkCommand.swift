import ArgumentParser
import Glibc
import CPUEngine
import Tensors
import TrainedModels

/// How fast a model's network runs on this machine, layer by layer.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure a model's network on this machine, layer by layer.",
        discussion: """
            One fold's network computes the logits of one patch of noise. Operations are counted as direct convolution would need them, \
            whatever the method saves; GFLOP/s may therefore pass the processor's peak. It also says how long weights and network took to be ready, and whether \
            the weights came from the cache.

            EXAMPLES
              nnunet benchmark -m model
              nnunet benchmark -m model -f 1 --threads 1 --repeat 10 --json
              nnunet benchmark -m model --instruction-set avx2
            """)

    @Option(name: .customShort("m"), help: "Model folder.")
    var model: String

    @Option(name: .customShort("f"), help: "Fold: a number or all. (default: the first that is there)")
    var fold: String?

    @Option(name: .customLong("patch"), help: "Patch instead of the model's, z,y,x or y,x.")
    var patch: String?

    @Option(name: .customLong("threads"), help: "Threads to compute with. (default: all processors this process may use)")
    var threads: Int?

    @Option(
        name: .customLong("instruction-set"),
        help:
            "Kernels to measure: \(KernelSet.available.map(\.name).joined(separator: ", ")). (default: the first, which is the fastest here)"
    )
    var instructionSet: String?

    @Option(name: .customLong("repeat"), help: "Counted passes, after one that is not.")
    var repetitions = 5

    @Flag(name: .customLong("json"), help: "Print one JSON object and nothing else.")
    var isJSON = false

    func validate() throws {
        try PredictionArguments.check(threads: threads)
        guard (1...10_000).contains(repetitions) else { throw ValidationError("--repeat takes 1 to 10000, not \(repetitions)") }
    }

    func run() throws {
        try InputPlace.requireFolder(model, option: "-m")
        let start = ContinuousClock.now
        let folder = try ModelFolder.open(path: model, folds: try fold.map { [try foldName($0)] })
        let team = ThreadTeam(threadCount: threads ?? ThreadTeam.availableProcessors)
        let network = try Network(graph: folder.network, patch: try patchSize(folder), team: team, kernels: try kernels())
        guard let fold = folder.weights().first else { throw Failure(.missing, "\(model): there is no fold to measure") }
        let prepared = try network.prepare(fold, cache: WeightCacheFolder.cache())
        if let notice = prepared.notice { WeightCacheFolder.warn(notice) }
        let preparation = BenchmarkReport.Preparation(
            seconds: (ContinuousClock.now - start) / .seconds(1), isFromCache: prepared.isFromCache)
        let measurement = NetworkMeasurement(network: network, weights: prepared.weights, repetitions: repetitions)
        let report = BenchmarkReport(
            measurement: measurement, preparation: preparation, network: network, threads: team.threadCount)
        Console.line(isJSON ? report.json.strictText : report.text)
    }

    private func kernels() throws -> KernelSet {
        guard let instructionSet else { return .best }
        guard let kernels = KernelSet.available.first(where: { $0.name == instructionSet }) else {
            throw ValidationError(
                "--instruction-set: this processor has \(KernelSet.available.map(\.name).joined(separator: ", ")), not '\(instructionSet)'")
        }
        return kernels
    }

    private func foldName(_ text: String) throws -> FoldName {
        guard let name = FoldName(text) else { throw ValidationError("-f takes a fold's number or all, not '\(text)'") }
        return name
    }

    private func patchSize(_ folder: ModelFolder) throws -> [Int] {
        guard let patch else { return folder.configuration.patchSize }
        let sizes = patch.split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0) }
        let axes = folder.configuration.patchSize.count
        guard sizes.count == axes else {
            throw ValidationError("--patch takes \(axes) whole numbers separated by commas, not '\(patch)'")
        }
        return sizes
    }
}
