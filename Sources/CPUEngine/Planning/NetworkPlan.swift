import Files
import Networks
import Tensors

/// A network as a list of layers over one arena.
struct NetworkPlan: Sendable {
    var layers: [PlannedLayer]
    var recipes: [WeightRecipe]
    var mambaRecipes: [MambaRecipe]
    var arenaCount: Int
    /// Floats of private memory of one thread.
    var scratchCount: Int
    var weightCount: Int
    var kernels: KernelSet

    /// Floats between two threads' private memory: no cache line and no page set in common.
    var scratchStride: Int { (scratchCount + 2047) / 1024 * 1024 }

    /// Plans a graph for a patch of three sizes, depth 1 for 2D.
    init(graph: NetworkGraph, patch: [Int], kernels: KernelSet, threads: Int) throws(Problem) {
        var planner = NetworkPlanner(graph: graph, patch: patch, kernels: kernels, threads: threads)
        try planner.plan()
        self = planner.finish()
    }

    init(
        layers: [PlannedLayer], recipes: [WeightRecipe], mambaRecipes: [MambaRecipe], arenaCount: Int, scratchCount: Int, weightCount: Int,
        kernels: KernelSet
    ) {
        self.layers = layers
        self.recipes = recipes
        self.mambaRecipes = mambaRecipes
        self.arenaCount = arenaCount
        self.scratchCount = scratchCount
        self.weightCount = weightCount
        self.kernels = kernels
    }
}
