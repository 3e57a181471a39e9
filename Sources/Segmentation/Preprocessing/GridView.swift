import Tensors

/// How the network sees the reader's (z, y, x) array: a box of it with its axes in another order.
struct GridView: Sendable {
    /// The reader's array.
    let readerShape: [Int]
    /// Axis i here is axis `axes[i]` of the reader (`transpose_forward`).
    let axes: [Int]
    /// The box in the order of `axes`.
    let box: [Range<Int>]

    /// The box's voxels in the order of `axes`.
    var shape: [Int] { box.map(\.count) }

    /// How far neighbours along each axis lie apart in the reader's array.
    var strides: [Int] {
        let reader = [readerShape[1] * readerShape[2], readerShape[2], 1]
        return axes.map { reader[$0] }
    }

    /// Where the box's first voxel lies in the reader's array.
    var offset: Int { zip(box, strides).reduce(0) { $0 + $1.0.lowerBound * $1.1 } }

    /// Copies the box out of the reader's array, converting every value.
    func copy<Source, Target>(
        _ source: UnsafePointer<Source>, to destination: UnsafeMutablePointer<Target>, team: ThreadTeam, _ convert: (Source) -> Target
    ) {
        let (strides, shape) = (strides, shape)
        let first = source + offset
        team.run(count: shape[0]) { _, z in
            for y in 0..<shape[1] {
                let from = first + z * strides[0] + y * strides[1]
                let to = destination + (z * shape[1] + y) * shape[2]
                if strides[2] == 1 {
                    for x in 0..<shape[2] { to[x] = convert(from[x]) }
                } else {
                    for x in 0..<shape[2] { to[x] = convert(from[x * strides[2]]) }
                }
            }
        }
    }
}
