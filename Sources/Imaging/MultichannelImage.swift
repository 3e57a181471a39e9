/// The channels of one case on one grid: float32, C order (channel, z, y, x), as nnU-Net's readers stack them.
public struct MultichannelImage: ~Copyable, Sendable {
    /// The grid of every channel (that of the first channel's file).
    public let geometry: ImageGeometry
    /// The number of channels.
    public let channelCount: Int
    /// (channel, z, y, x), x fastest.
    public var voxels: VoxelBuffer<Float>

    /// Joins a grid and the voxels of all channels; their counts must agree.
    public init(geometry: ImageGeometry, channelCount: Int, voxels: consuming VoxelBuffer<Float>) {
        precondition(geometry.voxelCount * channelCount == voxels.count)
        self.geometry = geometry
        self.channelCount = channelCount
        self.voxels = voxels
    }
}
