package import Imaging

/// A box of voxels: (x, y, z), the upper corner included.
struct VoxelBox: Sendable, Hashable {
    var lower, upper: SIMD3<Int32>

    /// The smallest box with both.
    func union(_ other: VoxelBox) -> VoxelBox {
        VoxelBox(lower: pointwiseMin(lower, other.lower), upper: pointwiseMax(upper, other.upper))
    }

    /// Voxels along (x, y, z).
    var size: SIMD3<Int> { SIMD3(truncatingIfNeeded: upper &- lower &+ 1) }
}

/// In which box each label of two maps lies, found in one pass over both.
package struct LabelBoxes: Sendable {
    private let boxes: [UInt16: VoxelBox]

    /// Looks at two maps of one size.
    package init(_ prediction: borrowing LabelMap, _ reference: borrowing LabelMap) {
        precondition(prediction.geometry.size == reference.geometry.size)
        var corners = Corners()
        corners.add(prediction)
        corners.add(reference)
        boxes = corners.boxes
    }

    /// The smallest box with all voxels of some labels; nil where neither map has one.
    func box(of values: [Int]) -> VoxelBox? {
        values.compactMap { UInt16(exactly: $0).flatMap { boxes[$0] } }.reduce(nil) { $0?.union($1) ?? $1 }
    }
}

/// The corners of every label's box while the maps are looked at.
private struct Corners {
    private var lower = [SIMD3<Int32>](repeating: SIMD3(repeating: .max), count: 1 << 16)
    private var upper = [SIMD3<Int32>](repeating: SIMD3(repeating: -1), count: 1 << 16)

    mutating func add(_ map: borrowing LabelMap) {
        let size = map.geometry.size, voxels = map.voxels.span
        guard size.x > 0 else { return }
        for z in 0..<size.z {
            for y in 0..<size.y {
                let row = voxels.part((z * size.y + y) * size.x, count: size.x)
                var start = 0
                for x in 1..<row.count where row[x] != row[start] {
                    add(row[start], start, x - 1, y, z)
                    start = x
                }
                add(row[start], start, row.count - 1, y, z)
            }
        }
    }

    /// A run along x.
    private mutating func add(_ label: UInt16, _ first: Int, _ last: Int, _ y: Int, _ z: Int) {
        let place = Int(label)
        lower[place] = pointwiseMin(lower[place], SIMD3(Int32(first), Int32(y), Int32(z)))
        upper[place] = pointwiseMax(upper[place], SIMD3(Int32(last), Int32(y), Int32(z)))
    }

    var boxes: [UInt16: VoxelBox] {
        var boxes: [UInt16: VoxelBox] = [:]
        for label in lower.indices where upper[label].x >= 0 {
            boxes[UInt16(label)] = VoxelBox(lower: lower[label], upper: upper[label])
        }
        return boxes
    }
}
