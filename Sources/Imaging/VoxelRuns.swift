package import Tensors

/// A volume as runs of voxels of one mark along x, joined by marks into connected components by union-find.
///
/// Finding the runs is threaded over slices; joining looks only at runs of neighbouring rows, so its cost follows the surface of the
/// components, not their volume.
package struct VoxelRuns {
    /// Which voxels are neighbours.
    package enum Connectivity {
        /// Across faces.
        case six
        /// Across faces, edges and corners.
        case twentySix
    }

    /// Voxels `start..<end` of one row that have one mark.
    package struct Run: Sendable {
        package let start: Int32
        package let end: Int32
        /// Never 0.
        package let mark: UInt16

        @inlinable
        package init(start: Int32, end: Int32, mark: UInt16) {
            self.start = start
            self.end = end
            self.mark = mark
        }
    }

    /// (z, y, x).
    package let shape: [Int]
    /// All runs, row after row.
    package private(set) var runs: [Run] = []
    /// Row r has the runs `rowStarts[r]..<rowStarts[r + 1]`.
    private var rowStarts: [Int] = []
    private var parents: [Int32] = []

    /// Collects the runs of the voxels for which `isMarked` holds.
    ///
    /// - Parameters:
    ///   - voxels: in C order, of `shape` (z, y, x).
    ///   - shape: (z, y, x).
    ///   - team: does the work.
    ///   - isMarked: called from several threads.
    @inlinable
    package init<Voxel: BitwiseCopyable>(_ voxels: Span<Voxel>, shape: [Int], team: ThreadTeam, isMarked: (Voxel) -> Bool) {
        self.init(voxels, shape: shape, team: team, mark: { isMarked($0) ? 1 : 0 })
    }

    /// Collects the runs of voxels of one mark; only those of the same mark are joined later.
    ///
    /// - Parameters:
    ///   - voxels: in C order, of `shape` (z, y, x).
    ///   - shape: (z, y, x).
    ///   - team: does the work.
    ///   - mark: called from several threads; 0 for voxels that belong to no run.
    @inlinable
    package init<Voxel: BitwiseCopyable>(_ voxels: Span<Voxel>, shape: [Int], team: ThreadTeam, mark: (Voxel) -> UInt16) {
        let (rows, columns) = (shape[1], shape[2])
        self.init(
            shape: shape,
            slices: team.map(count: shape[0]) { z in
                var found: [Run] = []
                var counts = [Int](repeating: 0, count: rows)
                for y in 0..<rows {
                    let row = voxels.part((z * rows + y) * columns, count: columns)
                    let before = found.count
                    var x = 0
                    while x < row.count {
                        let (start, own) = (x, mark(row[x]))
                        while x < row.count, mark(row[x]) == own { x += 1 }
                        if own != 0 { found.append(Run(start: Int32(start), end: Int32(x), mark: own)) }
                    }
                    counts[y] = found.count - before
                }
                return (found, counts)
            })
    }

    /// Joins the runs of each slice and how many of them each of its rows has.
    @usableFromInline
    init(shape: [Int], slices: [(runs: [Run], counts: [Int])]) {
        self.shape = shape
        runs.reserveCapacity(slices.reduce(0) { $0 + $1.runs.count })
        rowStarts.reserveCapacity(shape[0] * shape[1] + 1)
        rowStarts.append(0)
        for slice in slices {
            runs += slice.runs
            for count in slice.counts { rowStarts.append((rowStarts.last ?? 0) + count) }
        }
        parents = (0..<Int32(runs.count)).map { $0 }
    }

    /// Where a row's runs are in `runs`; row r is z·shape[1] + y.
    package func indices(ofRow row: Int) -> Range<Int> { rowStarts[row]..<rowStarts[row + 1] }

    /// Joins neighbouring runs and returns the component of each run, numbered from 0 in the order of their first run.
    package mutating func components(_ connectivity: Connectivity) -> (ofRun: [Int32], count: Int) {
        let reach: Int32 = connectivity == .six ? 0 : 1
        for z in 0..<shape[0] {
            for y in 0..<shape[1] {
                let row = z * shape[1] + y
                if y > 0 { join(row, row - 1, reach) }
                guard z > 0 else { continue }
                let below = row - shape[1]
                join(row, below, reach)
                if connectivity == .twentySix {
                    if y > 0 { join(row, below - 1, reach) }
                    if y + 1 < shape[1] { join(row, below + 1, reach) }
                }
            }
        }
        var numbers = [Int32](repeating: -1, count: runs.count)
        var count: Int32 = 0
        for run in 0..<Int32(runs.count) {
            let root = Int(find(run))
            if numbers[root] < 0 {
                numbers[root] = count
                count += 1
            }
            numbers[Int(run)] = numbers[root]
        }
        return (numbers, Int(count))
    }

    /// Two rows' runs touch where they overlap, `reach` voxels of distance along x allowed.
    private mutating func uniteIfTouching(_ a: Int, _ b: Int, _ reach: Int32) {
        let (first, second) = (runs[a], runs[b])
        if first.start < second.end + reach, second.start < first.end + reach, first.mark == second.mark { unite(Int32(a), Int32(b)) }
    }

    /// Joins the runs of two neighbouring rows.
    private mutating func join(_ row: Int, _ other: Int, _ reach: Int32) {
        var (a, b) = (rowStarts[row], rowStarts[other])
        let (endA, endB) = (rowStarts[row + 1], rowStarts[other + 1])
        while a < endA, b < endB {
            uniteIfTouching(a, b, reach)
            // Of two marks a run may begin where another ends, and then touches across the corner what ends there, too.
            if runs[a].end == runs[b].end, a + 1 < endA { uniteIfTouching(a + 1, b, reach) }
            if runs[a].end < runs[b].end { a += 1 } else { b += 1 }
        }
    }

    private mutating func find(_ run: Int32) -> Int32 {
        var run = run
        while parents[Int(run)] != run {
            parents[Int(run)] = parents[Int(parents[Int(run)])]
            run = parents[Int(run)]
        }
        return run
    }

    /// The smaller number becomes the root, so a component's root is its first run.
    private mutating func unite(_ first: Int32, _ second: Int32) {
        let (a, b) = (find(first), find(second))
        if a < b { parents[Int(b)] = a } else if b < a { parents[Int(a)] = b }
    }
}
