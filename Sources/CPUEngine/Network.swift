package import Files
package import Networks
package import Tensors

/// One network planned for one patch shape: memory laid out once, a method chosen for each layer.
///
/// Its memory is reused by every call, so one thread uses it at a time; the threads inside come from the team.
package final class Network {
    /// What was planned.
    package let graph: NetworkGraph
    /// (channels, patch…).
    package let inputShape: [Int]
    /// (heads, patch…).
    package let outputShape: [Int]

    /// The threads it computes with.
    package let team: ThreadTeam
    private let plan: NetworkPlan
    /// With depth 1 for 2D.
    private let patch: [Int]
    private var arena: FloatBuffer
    private var scratch: FloatBuffer

    /// Plans a graph for patches of the shape `patch`, (z, y, x) or (y, x), each a multiple of the total stride.
    package convenience init(graph: NetworkGraph, patch: [Int], team: ThreadTeam) throws(Problem) {
        try self.init(graph: graph, patch: patch, team: team, kernels: .best)
    }

    /// Plans with the kernels of one instruction set.
    package init(graph: NetworkGraph, patch: [Int], team: ThreadTeam, kernels: KernelSet) throws(Problem) {
        self.patch = try Self.checked(patch, for: graph)
        self.graph = graph
        self.team = team
        inputShape = [graph.inputChannels] + patch
        outputShape = [graph.headChannels] + patch
        plan = try NetworkPlan(graph: graph, patch: self.patch, kernels: kernels, threads: team.threadCount)
        arena = FloatBuffer(uninitializedCount: plan.arenaCount)
        scratch = FloatBuffer(uninitializedCount: plan.scratchStride * team.threadCount)
    }

    /// The memory that a network planned for `patch` would take; nothing is allocated.
    package static func memory(
        of graph: NetworkGraph, patch: [Int], threads: Int
    ) throws(Problem) -> NetworkMemory {
        let plan = try NetworkPlan(graph: graph, patch: try checked(patch, for: graph), kernels: .best, threads: threads)
        let size = MemoryLayout<Float>.stride
        return NetworkMemory(activations: (plan.arenaCount + plan.scratchStride * threads) * size, weights: plan.weightCount * size)
    }

    /// The patch with depth 1 for 2D.
    private static func checked(_ patch: [Int], for graph: NetworkGraph) throws(Problem) -> [Int] {
        guard patch.count == graph.spatialDimensions, patch.allSatisfy({ (1...65_536).contains($0) }) else {
            throw .unsupportedPatch(patch, reason: "it needs \(graph.spatialDimensions) positive sizes")
        }
        let strides = graph.totalStride
        guard zip(patch, strides).allSatisfy({ $0 % $1 == 0 }) else {
            throw .unsupportedPatch(patch, reason: "each size must be a multiple of \(strides)")
        }
        return [Int](repeating: 1, count: 3 - patch.count) + patch
    }

    /// The bytes of activations and scratch it holds between calls.
    package var memoryFootprint: Int { (arena.count + scratch.count) * MemoryLayout<Float>.stride }

    /// The instruction set its kernels use, for example `avx512`.
    package var instructionSet: String { plan.kernels.name }

    /// Reads every weight of `source` and packs it for this plan; the result serves every network planned alike.
    package func prepare(_ source: some WeightSource) throws(Problem) -> NetworkWeights {
        var buffer = FloatBuffer(repeating: 0, count: plan.weightCount)
        try pack(source, into: &buffer)
        return NetworkWeights(buffer: buffer)
    }

    /// What decides what `pack` writes.
    package var weightLayout: WeightLayout { plan.weightLayout }

    /// The same into memory of `weightLayout.count` zeros.
    package func pack(_ source: some WeightSource, into buffer: inout FloatBuffer) throws(Problem) {
        precondition(buffer.count == plan.weightCount)
        for recipe in plan.recipes { try recipe.load(source, into: &buffer, team: team) }
        for recipe in plan.mambaRecipes { try recipe.load(source, into: &buffer) }
    }

    /// Computes the logits of one patch.
    ///
    /// - `input`: shape `inputShape`, C order, normalised intensities.
    /// - `logits`: shape `outputShape`, C order; every value is written.
    package func predict(_ input: Span<Float>, weights: NetworkWeights, logits: inout MutableSpan<Float>) {
        LogitSink.withLogits(&logits, heads: outputShape[0], patch: patch) { sink in
            run(input, weights: weights, sink: sink) { run($0, $1) }
        }
    }

    /// Adds the weighted logits of one patch of a case, mirrored back, to the case's.
    ///
    /// - `input`: shape `inputShape`, C order, normalised intensities, mirrored as `placement` says.
    package func predict(
        _ input: Span<Float>, weights: NetworkWeights, placement: PatchPlacement, into accumulator: borrowing LogitAccumulator
    ) {
        precondition(accumulator.sums.layout.heads == outputShape[0] && accumulator.patch == patch)
        accumulator.withSink(placement) { sink in run(input, weights: weights, sink: sink) { run($0, $1) } }
    }

    /// Computes the logits of one patch and says what each layer took.
    package func profile(_ input: Span<Float>, weights: NetworkWeights, logits: inout MutableSpan<Float>) -> [LayerTiming] {
        var timings: [LayerTiming] = []
        let clock = ContinuousClock()
        LogitSink.withLogits(&logits, heads: outputShape[0], patch: patch) { sink in
            run(input, weights: weights, sink: sink) { layer, memory in
                let time = clock.measure { run(layer, memory) }
                timings.append(
                    LayerTiming(
                        name: layer.name, method: layer.method, outputShape: layer.outputShape, seconds: time / .seconds(1),
                        gigaflop: layer.gigaflop, bytes: layer.bytes))
            }
        }
        return timings
    }

    private func run(_ layer: PlannedLayer, _ memory: EngineMemory) { layer.run(kernels: plan.kernels, memory: memory, team: team) }

    private func run(_ input: Span<Float>, weights: NetworkWeights, sink: LogitSink, _ body: (PlannedLayer, EngineMemory) -> Void) {
        precondition(input.count == inputShape.reduce(1, *))
        precondition(weights.buffer.count == plan.weightCount, "weights prepared for another plan")
        EngineMemory.withMemory(
            arena: &arena, scratch: &scratch, scratchStride: plan.scratchStride, weights: weights.buffer, input: input, sink: sink
        ) { memory in
            for layer in plan.layers { body(layer, memory) }
        }
    }
}

/// The memory that a planned network takes.
package struct NetworkMemory: Sendable, Hashable {
    /// Of activations and scratch for one patch, bytes.
    package let activations: Int
    /// Of one fold's packed weights, bytes.
    package let weights: Int
}
