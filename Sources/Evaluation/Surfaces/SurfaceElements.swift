import Imaging
import Tensors

/// The surface of one label or region in a map: which of the eight voxels around each corner of its box belong to it.
///
/// One byte for each corner. What lies outside of the map does not belong to it. A planar image counts as if it went on along z, so that its
/// surface elements are lines.
struct SurfaceElements: ~Copyable {
    /// Corners along (x, y, z).
    let size: SIMD3<Int>
    /// (z, y, x); bit x + 2·y + 4·z for the voxel on that side of the corner.
    let codes: Buffer<UInt8>
    /// How many of the corners lie on the surface.
    let count: Int

    /// Whether a corner of a code lies on the surface.
    @inline(__always)
    static func isSurface(_ code: UInt8) -> Bool { code &+ 1 > 1 }

    /// - Parameters:
    ///   - map: the label map.
    ///   - isMember: by label, whether it counts.
    ///   - box: what is looked at; it holds all that counts.
    ///   - mask: with `ignored`, voxels with that value there count as outside.
    ///   - ignored: the value; nil for none.
    ///   - team: does the work.
    init(
        _ map: borrowing LabelMap, _ isMember: [Bool], in box: VoxelBox, mask: borrowing LabelMap, ignoring ignored: UInt16?,
        team: ThreadTeam
    ) {
        let isPlanar = map.geometry.dimension == 2, voxels = map.voxels.span, masked = mask.voxels.span
        let size = box.size, columns = size.x + 2
        let grid = SIMD3(size.x + 1, size.y + 1, isPlanar ? 1 : size.z + 1)
        /// Sets bits at the members of one slice of the box.
        func mark(_ slice: Int, _ bits: UInt8, in plane: inout [UInt8]) {
            guard 0..<size.z ~= slice else { return }
            for y in 0..<size.y {
                let z = Int(box.lower.z) + slice
                let start = (z * map.geometry.size.y + Int(box.lower.y) + y) * map.geometry.size.x + Int(box.lower.x)
                let row = voxels.part(start, count: size.x), others = masked.part(start, count: size.x)
                for x in row.indices where isMember[Int(row[x])] && others[x] != ignored { plane[(y + 1) * columns + x + 1] |= bits }
            }
        }
        var codes = Buffer<UInt8>(uninitializedCount: grid.x * grid.y * grid.z, hugePages: false)
        var target = codes.mutableSpan
        team.forEachPart(of: &target, size: grid.x * grid.y) { z, part in
            var plane = [UInt8](repeating: 0, count: columns * (size.y + 2))
            mark(isPlanar ? z : z - 1, 0x01, in: &plane)
            mark(z, 0x10, in: &plane)
            for y in 0..<grid.y {
                let (above, below) = (y * columns, (y + 1) * columns)
                for x in 0..<grid.x {
                    part[y * grid.x + x] = plane[above + x] | plane[above + x + 1] << 1 | plane[below + x] << 2 | plane[below + x + 1] << 3
                }
            }
        }
        self.size = grid
        count = Self.count(codes.span)
        self.codes = codes
    }

    private static func count(_ codes: Span<UInt8>) -> Int {
        var count = 0
        for index in codes.indices where isSurface(codes[unchecked: index]) { count += 1 }
        return count
    }
}
