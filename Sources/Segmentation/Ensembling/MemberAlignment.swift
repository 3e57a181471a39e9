/// How a member's array of probabilities (channel, z, y, x) lies in the ensemble's: models may number their labels and turn their axes
/// differently and still mean the same voxels.
package struct MemberAlignment: Sendable, Hashable {
    /// For each of the ensemble's channels the member's.
    package let channels: [Int]
    /// For each of the ensemble's axes (z, y, x) the member's.
    package let axes: [Int]
    /// For each of the ensemble's axes whether it runs against the member's.
    package let isReversed: [Bool]
    /// For each of the member's channels the ensemble's.
    let places: [Int]

    /// Joins permutations of all channels and of the three axes.
    package init(channels: [Int], axes: [Int] = [0, 1, 2], isReversed: [Bool] = [false, false, false]) {
        precondition(channels.sorted() == Array(channels.indices) && axes.sorted() == [0, 1, 2] && isReversed.count == 3)
        self.channels = channels
        self.axes = axes
        self.isReversed = isReversed
        var places = channels
        for (place, channel) in channels.enumerated() { places[channel] = place }
        self.places = places
    }

    /// Of a member whose channels and axes are the ensemble's.
    static func identity(channelCount: Int) -> MemberAlignment {
        MemberAlignment(channels: Array(0..<channelCount))
    }

    /// The ensemble's shape (z, y, x) from the member's.
    func shape(of member: [Int]) -> [Int] { axes.map { member[$0] } }

    /// Sizes along the member's axes from those along the ensemble's (z, y, x).
    func memberSizes(_ sizes: [Int]) -> [Int] {
        var result = sizes
        for axis in 0..<3 { result[axes[axis]] = sizes[axis] }
        return result
    }

    /// A block of the ensemble's grid along the member's axes: its box there, how far neighbours lie apart in the ensemble's memory, and where
    /// the box's first voxel lies in it.
    ///
    /// - `shape`: the ensemble's (z, y, x).
    /// - `strides`: of the block in the ensemble's memory, (z, y, x).
    func view(_ block: [Range<Int>], of shape: [Int], strides: [Int]) -> (box: [Range<Int>], strides: [Int], offset: Int) {
        var result = (box: block, strides: strides, offset: 0)
        for axis in 0..<3 {
            let range = block[axis]
            guard isReversed[axis] else {
                (result.box[axes[axis]], result.strides[axes[axis]]) = (range, strides[axis])
                continue
            }
            result.box[axes[axis]] = shape[axis] - range.upperBound..<shape[axis] - range.lowerBound
            result.strides[axes[axis]] = -strides[axis]
            result.offset += (range.count - 1) * strides[axis]
        }
        return result
    }
}
