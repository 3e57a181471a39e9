package import Files
package import Networks
package import Tensors

/// The engine that computes on processors, with its packed weights kept in a cache.
package struct CPUNetworkEngine: NetworkEngine {
    private let team: ThreadTeam
    /// Where packed weights are kept between starts; nil to read every checkpoint.
    private let cache: WeightCache?

    /// Computes with `team` and, where there is one, looks for packed weights in `cache`.
    package init(team: ThreadTeam, cache: WeightCache? = nil) {
        self.team = team
        self.cache = cache
    }

    package func load(_ network: NetworkGraph, patch: [Int], weights: [any TrainedWeights]) throws(Problem) -> any LoadedNetwork {
        let planned = try Network(graph: network, patch: patch, team: team)
        // Side by side, so that each is known when the cache asks; what can't be read fails then.
        if cache != nil { team.run(count: weights.count) { _, index in _ = try? weights[index].digest() } }
        let prepared = try weights.map { weights throws(Problem) in try planned.prepare(weights, cache: cache) }
        return CPUNetwork(network: planned, prepared: prepared)
    }
}

/// A network planned for this processor.
private final class CPUNetwork: LoadedNetwork {
    private let network: Network
    private let weights: [NetworkWeights]
    private let mappings: [WeightCacheMapping]
    let notices: [String]

    init(network: Network, prepared: [PreparedWeights]) {
        self.network = network
        weights = prepared.map(\.weights)
        mappings = prepared.compactMap(\.mapping)
        notices = prepared.compactMap(\.notice)
    }

    var inputShape: [Int] { network.inputShape }
    var outputShape: [Int] { network.outputShape }
    var checkpointCount: Int { weights.count }
    var memoryFootprint: Int { weights.reduce(network.memoryFootprint) { $0 + $1.memoryFootprint } }
    var isWhole: Bool { mappings.allSatisfy(\.isWhole) }

    func predict(_ input: Span<Float>, checkpoint: Int, placement: PatchPlacement, into accumulator: borrowing LogitAccumulator) {
        network.predict(input, weights: weights[checkpoint], placement: placement, into: accumulator)
    }
}
