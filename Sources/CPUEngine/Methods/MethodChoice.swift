import Tensors

/// Chooses how a convolution is computed, from its size, its channels and the threads.
struct MethodChoice {
    /// A way to compute a convolution.
    struct Candidate {
        var method: ConvolutionMethod
        /// Vector multiplications, with what the way of weights from memory is worth.
        var cost: Double
    }

    var kernels: KernelSet
    var threads: Int
    /// A large patch: its activations need much memory, and its deep layers, which hold the weights, take little of its time.
    var savesMemory: Bool

    init(kernels: KernelSet, threads: Int, patch: [Int]) {
        self.kernels = kernels
        self.threads = threads
        savesMemory = patch.reduce(1, *) > 1 << 20
    }

    /// What the table has for a convolution, in its order.
    func candidates(_ convolution: Convolution) -> [Candidate] {
        ConvolutionAlgorithm.all.flatMap { row in row.kinds(convolution).compactMap { row.candidate(self, convolution, $0) } }
    }

    /// The first of those that cost least.
    func cheapest(_ convolution: Convolution) -> Candidate {
        guard let best = candidates(convolution).min(by: { $0.cost < $1.cost }) else { preconditionFailure("no method for \(convolution)") }
        return best
    }

    /// What reading one vector of weights costs when they come from memory or the last cache, in vector multiplications.
    static let weightCost = 16.0
    /// The same for bringing one vector of outputs to memory and back, or to plain output.
    static let outputCost = 8.0

    // MARK: Bricks

    /// Splits `size` into equal parts of at most `most`.
    func part(_ size: Int, most: Int) -> Int {
        let parts = (size + most - 1) / max(1, most)
        return (size + parts - 1) / parts
    }

    /// A brick of about so many positions, as wide as may be.
    func spatial(_ size: [Int], positions: Int) -> [Int] {
        let width = part(size[2], most: max(kernels.rows, min(size[2], 8 * kernels.rows)))
        let height = part(size[1], most: max(1, positions / width))
        let depth = part(size[0], most: max(1, positions / (width * height)))
        return [depth, height, width]
    }

    /// Bricks that cover a size.
    func items(_ size: [Int], _ brick: [Int]) -> Int {
        zip(size, brick).reduce(1) { $0 * (($1.0 + $1.1 - 1) / $1.1) }
    }

    /// Work items a thread should have at least, so that one that is preempted delays its layer little.
    static let itemsPerThread = 6
}
