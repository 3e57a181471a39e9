import Tensors

/// How the network sees the reader's (z, y, x) array: a box of it with its axes in another order.
package struct GridView: Sendable {
    /// The reader's array.
    package let readerShape: [Int]
    /// Axis i here is axis `axes[i]` of the reader (`transpose_forward`).
    package let axes: [Int]
    /// The box in the order of `axes`.
    package let box: [Range<Int>]

    /// A box, in the order of `axes`, of a reader's array of `readerShape` (z, y, x).
    package init(readerShape: [Int], axes: [Int], box: [Range<Int>]) {
        self.readerShape = readerShape
        self.axes = axes
        self.box = box
    }

    /// The box's voxels in the order of `axes`.
    package var shape: [Int] { box.map(\.count) }

    /// How far neighbours along each axis lie apart in the reader's array.
    package var strides: [Int] {
        let reader = [readerShape[1] * readerShape[2], readerShape[2], 1]
        return axes.map { reader[$0] }
    }

    /// Where the box's first voxel lies in the reader's array.
    package var offset: Int { zip(box, strides).reduce(0) { $0 + $1.0.lowerBound * $1.1 } }

    /// Copies the box out of the reader's array.
    ///
    /// - Parameters:
    ///   - source: the reader's array, (z, y, x).
    ///   - destination: the box in the order of `axes`, all written.
    ///   - team: does the work.
    func copy(_ source: Span<Float>, to destination: inout MutableSpan<Float>, team: ThreadTeam) {
        forEachRow(of: &destination, team: team) { start, step, row in
            if step == 1 {
                row.copy(source.part(start, count: row.count))
            } else {
                for x in row.indices { row[x] = source[start + x * step] }
            }
        }
    }

    /// The same with labels, which become signed.
    func copy(_ source: Span<UInt16>, to destination: inout MutableSpan<Int32>, team: ThreadTeam) {
        forEachRow(of: &destination, team: team) { start, step, row in
            for x in row.indices { row[x] = Int32(source[start + x * step]) }
        }
    }

    /// Lends every row of the box with the place of its first voxel in the reader's array and the step to the next.
    private func forEachRow<Element: BitwiseCopyable>(
        of destination: inout MutableSpan<Element>, team: ThreadTeam,
        _ body: (_ start: Int, _ step: Int, _ row: inout MutableSpan<Element>) -> Void
    ) {
        let (strides, shape, offset) = (strides, shape, offset)
        precondition(destination.count == shape.reduce(1, *))
        team.forEachPart(of: &destination, size: shape[1] * shape[2]) { z, plane in
            for y in 0..<shape[1] {
                var row = plane.part(y * shape[2], count: shape[2])
                body(offset + z * strides[0] + y * strides[1], strides[2], &row)
            }
        }
    }
}
