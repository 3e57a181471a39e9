package import Tensors

/// The channels of one case on one grid: float32, C order (channel, z, y, x), as nnU-Net's readers stack them.
package struct MultichannelImage: ~Copyable, Sendable {
    /// The grid of every channel (that of the first channel's file).
    package let geometry: ImageGeometry
    /// The number of channels.
    package let channelCount: Int
    /// (channel, z, y, x), x fastest.
    package var voxels: Buffer<Float>

    /// Joins a grid and the voxels of all channels; their counts must agree.
    package init(geometry: ImageGeometry, channelCount: Int, voxels: consuming Buffer<Float>) {
        precondition(geometry.voxelCount * channelCount == voxels.count)
        self.geometry = geometry
        self.channelCount = channelCount
        self.voxels = voxels
    }

    /// Puts the channels into another order: the new channel i is the old channel `order[i]`. One that stands as it is costs nothing.
    ///
    /// - Parameter order: a permutation of the channels; another count of them leaves the image as it is, for who checks the count to
    ///   refuse.
    package mutating func sortChannels(_ order: [Int]) {
        guard order.count == channelCount, order != Array(order.indices) else { return }
        voxels = sorted(order)
    }

    private func sorted(_ order: [Int]) -> Buffer<Float> {
        var sorted = Buffer<Float>(uninitializedCount: voxels.count, hugePages: false)
        let count = geometry.voxelCount
        let old = voxels.span
        var new = sorted.mutableSpan
        for (channel, source) in order.enumerated() {
            for index in 0..<count { new[unchecked: channel * count + index] = old[unchecked: source * count + index] }
        }
        return sorted
    }
}
