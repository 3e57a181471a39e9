/// A grid (z, y, x), or whole rows of it, cut into blocks of whole rows; each is one iteration of the thread team.
package struct BlockGrid: Sendable, Equatable {
    /// (z, y, x).
    package let shape: [Int]
    /// (z, y) of a block; x is whole.
    package let block: [Int]
    /// The rows that are cut, (z, y).
    package let rows: [Range<Int>]

    /// Cuts a grid of `shape` (z, y, x) into blocks of `block` (z, y), smaller at the ends.
    ///
    /// - `rows`: (z, y); nil for all.
    package init(shape: [Int], block: [Int], rows: [Range<Int>]? = nil) {
        precondition(shape.count == 3 && block.count == 2 && block.allSatisfy { $0 > 0 })
        self.shape = shape
        self.block = block
        self.rows = rows ?? shape[..<2].map { 0..<$0 }
        precondition(self.rows.count == 2 && zip(self.rows, shape).allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= $1 })
    }

    private var counts: [Int] { (0..<2).map { (rows[$0].count + block[$0] - 1) / block[$0] } }

    /// The number of blocks.
    package var count: Int { counts[0] * counts[1] }

    /// The ranges (z, y, x) of one block.
    package func box(_ index: Int) -> [Range<Int>] {
        let places = [index / counts[1], index % counts[1]]
        return (0..<2).map { axis in
            let start = rows[axis].lowerBound + places[axis] * block[axis]
            return start..<min(start + block[axis], rows[axis].upperBound)
        } + [0..<shape[2]]
    }
}

/// Where the voxels of a grid that is cut into blocks lie in an array (channel, z, y, x).
package struct BlockLayout: Sendable {
    package let grid: BlockGrid
    /// How often the grid is there, one channel behind the other; a block is its part of every channel.
    package let channels: Int
    /// Between neighbours along (z, y, x), elements.
    package let strides: [Int]
    /// Of the grid's first voxel.
    package let offset: Int

    /// Describes a layout; neither two voxels of the grid nor two channels may share an element.
    ///
    /// - `strides`: between neighbours along (z, y, x); nil for C order.
    package init(_ grid: BlockGrid, channels: Int = 1, strides: [Int]? = nil, offset: Int = 0) {
        self.grid = grid
        self.channels = channels
        self.strides = strides ?? [grid.shape[1] * grid.shape[2], grid.shape[2], 1]
        self.offset = offset
    }

    /// The elements of one channel of an array of `count`; traps where voxels would share an element or lie outside.
    func channelStride(count: Int) -> Int {
        guard channels > 0, grid.count > 0, grid.shape[2] > 0 else { return 0 }
        let channelStride = count / channels
        // The lower axes together must not reach the next step of a higher one.
        var reach = 0
        for axis in (0..<3).sorted(by: { strides[$0] < strides[$1] }) where grid.shape[axis] > 1 {
            precondition(strides[axis] > reach, "the blocks' voxels overlap")
            reach += (grid.shape[axis] - 1) * strides[axis]
        }
        precondition(offset >= 0 && offset + reach < channelStride, "the blocks reach beyond the array")
        return channelStride
    }
}
