/// A case cut into blocks of rows small enough for a core's cache; each is one iteration of the thread team.
struct BlockGrid: Sendable {
    /// (z, y, x).
    let shape: [Int]
    /// (z, y) of a block; x is whole.
    let block: [Int]

    private var counts: [Int] { (0..<2).map { (shape[$0] + block[$0] - 1) / block[$0] } }

    /// The number of blocks.
    var count: Int { counts[0] * counts[1] }

    /// The ranges (z, y, x) of one block.
    func box(_ index: Int) -> [Range<Int>] {
        let (z, y) = (index / counts[1] * block[0], index % counts[1] * block[1])
        return [z..<min(z + block[0], shape[0]), y..<min(y + block[1], shape[1]), 0..<shape[2]]
    }
}
