/// Where a grid of voxels lies in the patient, in ITK's terms: index axes (x, y, z) with x fastest in memory, patient frame LPS, mm.
///
/// Arrays are stored in C order (z, y, x); `arrayShape` and `arraySpacing` give the same facts in that order, as nnU-Net counts axes.
package struct ImageGeometry: Sendable, Equatable, Codable {
    /// Voxels along the index axes (x, y, z).
    package var size: SIMD3<Int>
    /// Distance of neighbouring voxel centres along the index axes (x, y, z), mm, positive.
    package var spacing: SIMD3<Double>
    /// Physical point of voxel (0, 0, 0), patient LPS, mm.
    package var origin: SIMD3<Double>
    /// Column i is the unit vector of index axis i in patient LPS.
    package var direction: Matrix3
    /// 2 for a planar image (its z size is 1), 3 otherwise.
    package var dimension: Int

    /// Makes a geometry; nothing is checked here, readers check what they read.
    package init(
        size: SIMD3<Int>, spacing: SIMD3<Double> = SIMD3(repeating: 1), origin: SIMD3<Double> = .zero,
        direction: Matrix3 = .identity, dimension: Int = 3
    ) {
        self.size = size
        self.spacing = spacing
        self.origin = origin
        self.direction = direction
        self.dimension = dimension
    }

    /// The number of voxels.
    package var voxelCount: Int { size.x * size.y * size.z }

    /// The volume of one voxel, mm³.
    package var voxelVolume: Double { spacing.x * spacing.y * spacing.z }

    /// (z, y, x) voxels.
    package var arrayShape: [Int] { [size.z, size.y, size.x] }

    /// (z, y, x) mm.
    package var arraySpacing: [Double] { [spacing.z, spacing.y, spacing.x] }

    /// The physical point of a continuous index (x, y, z), patient LPS, mm.
    package func physicalPoint(of index: SIMD3<Double>) -> SIMD3<Double> {
        origin + direction * (index * spacing)
    }

    /// The continuous index (x, y, z) of a physical point, or nil when the direction is singular.
    package func index(of point: SIMD3<Double>) -> SIMD3<Double>? {
        direction.inverse.map { ($0 * (point - origin)) / spacing }
    }

    /// The largest distance, mm, between the corners of this grid and of another of the same size; infinity when the sizes differ.
    package func largestCornerDistance(to other: ImageGeometry) -> Double {
        guard size == other.size else { return .infinity }
        var largest = 0.0
        for corner in 0..<8 {
            let index = SIMD3(
                corner & 1 == 0 ? 0 : Double(size.x - 1), corner & 2 == 0 ? 0 : Double(size.y - 1), corner & 4 == 0 ? 0 : Double(size.z - 1)
            )
            let difference = physicalPoint(of: index) - other.physicalPoint(of: index)
            largest = max(largest, (difference * difference).sum().squareRoot())
        }
        return largest
    }
}

/// `512 × 512 × 30`, in the order given.
package func sizeText(_ sizes: some Collection<Int>) -> String {
    sizes.map(String.init).joined(separator: " × ")
}
