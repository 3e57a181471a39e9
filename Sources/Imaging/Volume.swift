/// A scalar image: voxels in C order (z, y, x) on a grid in the patient.
public struct Volume<Voxel: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
    /// The grid.
    public let geometry: ImageGeometry
    /// (z, y, x), x fastest.
    public var voxels: VoxelBuffer<Voxel>

    /// Joins a grid and its voxels; their counts must agree.
    public init(geometry: ImageGeometry, voxels: consuming VoxelBuffer<Voxel>) {
        precondition(geometry.voxelCount == voxels.count)
        self.geometry = geometry
        self.voxels = voxels
    }

    /// A volume with one value everywhere.
    public init(geometry: ImageGeometry, repeating value: Voxel) {
        self.init(geometry: geometry, voxels: VoxelBuffer(repeating: value, count: geometry.voxelCount))
    }

    /// The voxel at an index (x, y, z).
    public subscript(x: Int, y: Int, z: Int) -> Voxel {
        get { voxels[(z * geometry.size.y + y) * geometry.size.x + x] }
        set { voxels[(z * geometry.size.y + y) * geometry.size.x + x] = newValue }
    }
}

/// A segmentation: one label value per voxel.
public typealias LabelMap = Volume<UInt16>
