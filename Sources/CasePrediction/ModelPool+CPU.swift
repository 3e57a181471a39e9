package import CPUEngine
package import Tensors
package import TrainedModels

extension ModelPool {
    /// An empty pool of models that this machine's processors compute.
    ///
    /// - `memoryBudget`: bytes.
    /// - `cache`: where packed weights are kept between starts; nil for nowhere.
    /// - `known`: what others found out about checkpoints.
    /// - `notice`: told once, on the calling thread, what keeps the cache from being used.
    package convenience init(
        memoryBudget: Int, team: ThreadTeam, cache: WeightCache? = nil, known: KnownCheckpoints = KnownCheckpoints(),
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.init(
            memoryBudget: memoryBudget, team: team, engine: CPUNetworkEngine(team: team, cache: cache), known: known, notice: notice)
    }
}
