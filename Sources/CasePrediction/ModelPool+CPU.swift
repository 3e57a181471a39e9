package import CPUEngine
package import Tensors
package import TrainedModels

extension ModelPool {
    /// An empty pool of models that this machine's processors compute.
    ///
    /// - `memoryBudget`: bytes.
    /// - `cache`: where packed weights are kept between starts; nil for nowhere.
    /// - `digests`: of checkpoints, shared with others who need them.
    /// - `notice`: told once, on the calling thread, what keeps the cache from being used.
    package convenience init(
        memoryBudget: Int, team: ThreadTeam, cache: WeightCache? = nil, digests: CheckpointDigests = CheckpointDigests(),
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.init(
            memoryBudget: memoryBudget, team: team, engine: CPUNetworkEngine(team: team, cache: cache), digests: digests, notice: notice)
    }
}
