import Imaging
package import Tensors

/// The part of an image that is not zero (nnU-Net's `crop_to_nonzero`).
package enum NonzeroRegion {
    /// The smallest box with every voxel that is nonzero in some channel; NaN counts as nonzero. The whole extent when there is none.
    ///
    /// - Parameters:
    ///   - values: (channel, z, y, x) of `shape` for each channel.
    ///   - channels: their number.
    ///   - shape: (z, y, x).
    ///   - team: does the work.
    /// - Returns: the box in the order of `shape`.
    package static func boundingBox(_ values: Span<Float>, channels: Int, shape: [Int], team: ThreadTeam) -> [Range<Int>] {
        let (rows, columns) = (shape[1], shape[2])
        let extents = team.map(count: shape[0]) { z in
            var extent = Extent()
            for channel in 0..<channels {
                for y in 0..<rows {
                    let row = values.part(((channel * shape[0] + z) * rows + y) * columns, count: columns)
                    var first = 0
                    while first < row.count, row[first] == 0 { first += 1 }
                    guard first < columns else { continue }
                    var last = columns - 1
                    while row[last] == 0 { last -= 1 }
                    extent.include(y: y, first: first, last: last)
                }
            }
            return extent
        }
        guard let top = extents.firstIndex(where: { !$0.isEmpty }), let bottom = extents.lastIndex(where: { !$0.isEmpty }) else {
            return shape.map { 0..<$0 }
        }
        let all = extents.reduce(into: Extent()) { $0.join($1) }
        return [top..<bottom + 1, all.top..<all.bottom + 1, all.left..<all.right + 1]
    }

    /// Sets every byte whose voxel is not zero.
    package static func mark(_ values: Span<Float>, in mask: inout MutableSpan<UInt8>, team: ThreadTeam) {
        let block = 1 << 18
        team.forEachPart(of: &mask, size: block) { number, marks in
            let part = values.part(number * block, count: marks.count)
            for index in marks.indices where part[index] != 0 { marks[index] = 1 }
        }
    }

    /// Sets the holes: zeros from which no face-connected path of zeros leads out (SciPy's `binary_fill_holes` in 3D).
    ///
    /// - Parameters:
    ///   - mask: one byte for each voxel of the nonzero voxels' box; beyond it there are only zeros.
    ///   - shape: of the box, (z, y, x).
    ///   - team: does the work.
    package static func fillHoles(_ mask: inout MutableSpan<UInt8>, shape: [Int], team: ThreadTeam) {
        var zeros = VoxelRuns(mask.span, shape: shape, team: team) { $0 == 0 }
        let (component, count) = zeros.components(.six)
        var isOpen = [Bool](repeating: false, count: count)
        for (row, z, y) in rows(of: shape) {
            let isOuter = z == 0 || z == shape[0] - 1 || y == 0 || y == shape[1] - 1
            for index in zeros.indices(ofRow: row) {
                let run = zeros.runs[index]
                if isOuter || run.start == 0 || Int(run.end) == shape[2] { isOpen[Int(component[index])] = true }
            }
        }
        for (row, _, _) in rows(of: shape) {
            for index in zeros.indices(ofRow: row) where !isOpen[Int(component[index])] {
                for x in zeros.runs[index].start..<zeros.runs[index].end { mask[row * shape[2] + Int(x)] = 1 }
            }
        }
    }

    /// Every row of a grid (z, y, x): its number, z and y.
    private static func rows(of shape: [Int]) -> some Sequence<(row: Int, z: Int, y: Int)> {
        (0..<shape[0] * shape[1]).lazy.map { ($0, $0 / shape[1], $0 % shape[1]) }
    }

    /// The nonzero rows and columns of one slice.
    private struct Extent {
        var top = Int.max
        var bottom = -1
        var left = Int.max
        var right = -1

        var isEmpty: Bool { bottom < 0 }

        mutating func include(y: Int, first: Int, last: Int) {
            join(Extent(top: y, bottom: y, left: first, right: last))
        }

        mutating func join(_ other: Extent) {
            top = min(top, other.top)
            bottom = max(bottom, other.bottom)
            left = min(left, other.left)
            right = max(right, other.right)
        }
    }
}
