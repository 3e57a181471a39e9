package import Imaging

/// How much of an image one label covers.
package struct LabelStatistics: Sendable, Hashable {
    /// The label's value.
    package let label: Int
    /// Its voxels.
    package let voxelCount: Int
    /// Its volume by the image's spacing, millilitres.
    package let millilitres: Double
}

/// Counts every label that occurs, 0 included, in ascending order.
package func labelStatistics(_ labels: borrowing LabelMap) -> [LabelStatistics] {
    var counts = [Int](repeating: 0, count: Int(UInt16.max) + 1)
    let voxels = labels.voxels.span
    for index in voxels.indices { counts[Int(voxels[index])] += 1 }
    let voxelVolume = labels.geometry.voxelVolume
    return counts.enumerated().filter { $0.element > 0 }.map {
        LabelStatistics(label: $0.offset, voxelCount: $0.element, millilitres: Double($0.element) * voxelVolume / 1000)
    }
}
