/// Tiles beside each other along x.
package struct Strip: Sendable {
    /// Where all tiles begin along z and y, in the image's coordinates.
    let z: Int
    let y: Int
    /// Where each begins along x.
    let columns: [Int]
    /// What is final behind this strip.
    package let rows: FinalRows

    /// Each tile's first voxel in the image's coordinates, (z, y, x).
    package var starts: [[Int]] { columns.map { [z, y, $0] } }
}

/// A box of whole rows along x whose logits are final. The boxes of one case follow each other along the inner axis, then along the outer one,
/// and cover it.
package struct FinalRows: Sendable, Hashable {
    /// Along the layout's outer axis.
    package let outer: Range<Int>
    /// Along the other one.
    package let inner: Range<Int>

    /// Joins two ranges of a layout.
    package init(outer: Range<Int>, inner: Range<Int>) {
        self.outer = outer
        self.inner = inner
    }
}

/// In which order the tiles of a case are evaluated, and which rows are final after which.
package struct StripPlan: Sendable {
    /// 0 (z) or 1 (y): the axis that is gone along once, along which the sums of the fewest rows are held at a time.
    package let outerAxis: Int
    /// In order.
    package let list: [Strip]
    /// The most rows that hold sums, or logits which an export may still need, at one time.
    package let heldRows: Int

    /// Plans the way over a case.
    package init(_ grid: SlidingWindowGrid) {
        let (outerAxis, heldRows) = Self.way(over: grid)
        self.outerAxis = outerAxis
        self.heldRows = heldRows
        let (starts, image) = (grid.imageStarts, grid.image)
        let (outer, inner) = (starts[outerAxis], starts[1 - outerAxis])
        let bounds = (Self.bounds(outer, count: image[outerAxis]), Self.bounds(inner, count: image[1 - outerAxis]))
        list = outer.indices.flatMap { slice in
            inner.indices.map { place in
                let (z, y) = outerAxis == 0 ? (outer[slice], inner[place]) : (inner[place], outer[slice])
                return Strip(
                    z: z, y: y, columns: starts[2],
                    rows: FinalRows(
                        outer: bounds.0[slice]..<bounds.0[slice + 1], inner: bounds.1[place]..<bounds.1[place + 1]))
            }
        }
    }

    /// The axis that is gone along once, and the most rows held at a time then; plans no strip.
    static func way(over grid: SlidingWindowGrid) -> (outerAxis: Int, heldRows: Int) {
        let held = [0, 1].map { heldRows(grid, outerAxis: $0) }
        return held[1] < held[0] ? (1, held[1]) : (0, held[0])
    }

    /// Where what is final behind each tile of an axis begins, and the axis' end: no later tile reaches before its own start.
    private static func bounds(_ starts: [Int], count: Int) -> [Int] { [0] + starts.dropFirst() + [count] }

    /// An export that interpolates still needs so many slices and rows before those that are not final.
    private static let margin = 2

    /// What has been added to at a strip, less what nobody needs any more.
    private static func heldRows(_ grid: SlidingWindowGrid, outerAxis: Int) -> Int {
        let (outer, inner) = (grid.imageStarts[outerAxis], grid.imageStarts[1 - outerAxis])
        let (length, width) = (grid.image[outerAxis], grid.image[1 - outerAxis])
        let patch = (grid.patch[outerAxis], grid.patch[1 - outerAxis])
        var (most, reached) = (0, 0)
        for (slice, start) in outer.enumerated() {
            let (end, before) = (min(length, start + patch.0), max(0, start - margin))
            let next = slice + 1 < outer.count ? max(before, outer[slice + 1] - margin) : length
            for place in inner {
                let gone = max(0, place - margin)
                let held = (reached - before) * width + (end - reached) * min(width, place + patch.1) - (next - before) * gone
                most = max(most, held)
            }
            reached = end
        }
        return most
    }
}
