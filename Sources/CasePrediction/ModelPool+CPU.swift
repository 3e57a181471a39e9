package import Tensors
package import TrainedModels

extension ModelPool {
    /// An empty pool of models that this machine's processors compute.
    ///
    /// - memoryBudget: bytes.
    /// - cache: where packed weights are kept between starts; nil for nowhere.
    /// - notice: told once, on the calling thread, what keeps the cache from being used.
    package convenience init(
        memoryBudget: Int, team: ThreadTeam, cache: WeightCache? = nil, notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.init(memoryBudget: memoryBudget, team: team, engine: CPUEngine(team: team, cache: cache), notice: notice)
    }
}
