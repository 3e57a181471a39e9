import Tensors

/// Where a member's block goes in the sum's memory, which may run along other axes.
struct BlockTarget {
    /// Of the block's first voxel along the member's axes, channel 0 of the ensemble.
    let offset: Int
    /// For each of the member's channels.
    let channelOffsets: [Int]
    /// Between neighbours along the member's axes (z, y, x); negative against the ensemble's.
    let strides: [Int]

    /// The same for a grid whose axis i is the member's axis `axes[i]`.
    func turned(to axes: [Int]) -> BlockTarget {
        BlockTarget(offset: offset, channelOffsets: channelOffsets, strides: axes.map { strides[$0] })
    }

    /// The place of a voxel of one of the member's channels.
    func start(_ channel: Int, z: Int, y: Int, x: Int) -> Int {
        offset + channelOffsets[channel] + z * strides[0] + y * strides[1] + x * strides[2]
    }

    /// Adds a row along x.
    func addRow(_ values: Span<Float>, to sum: inout MutableSpan<Float>, start: Int) {
        if strides[2] == 1 {
            var row = sum.part(start, count: values.count)
            for x in row.indices { row[x] += values[x] }
        } else {
            for x in values.indices { sum[start + x * strides[2]] += values[x] }
        }
    }
}
