package import Tensors

/// A scalar image: voxels in C order (z, y, x) on a grid in the patient.
package struct Volume<Voxel: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
    /// The grid.
    package let geometry: ImageGeometry
    /// (z, y, x), x fastest.
    package var voxels: Buffer<Voxel>

    /// Joins a grid and its voxels; their counts must agree.
    package init(geometry: ImageGeometry, voxels: consuming Buffer<Voxel>) {
        precondition(geometry.voxelCount == voxels.count)
        self.geometry = geometry
        self.voxels = voxels
    }

    /// A volume with one value everywhere.
    package init(geometry: ImageGeometry, repeating value: Voxel) {
        self.init(geometry: geometry, voxels: Buffer(repeating: value, count: geometry.voxelCount, hugePages: false))
    }

    /// The voxel at an index (x, y, z).
    package subscript(x: Int, y: Int, z: Int) -> Voxel {
        get { voxels[(z * geometry.size.y + y) * geometry.size.x + x] }
        set { voxels[(z * geometry.size.y + y) * geometry.size.x + x] = newValue }
    }
}

/// A segmentation: one label value per voxel.
package typealias LabelMap = Volume<UInt16>
