/// The area of the surface that runs through a cell between eight neighbouring voxel centres, for each of the 256 ways in which they can
/// belong to an object.
///
/// The surface is that of marching cubes on a mask, which cuts every edge in its middle, as DeepMind's surface-distance has it. Corners that
/// touch across a diagonal alone are parts of their own; where more than four corners belong to the object, the others are taken, as the
/// surface is the same from both sides. A part has one of six shapes, whose surface is plane or folded.
struct SurfaceElementAreas {
    /// By code: bit x + 2·y + 4·z for the corner (x, y, z) of the cell. mm².
    let areas: [Double]

    /// - Parameter spacing: (x, y, z) mm.
    init(spacing: SIMD3<Double>) {
        let faces = SIMD3(spacing.y * spacing.z, spacing.x * spacing.z, spacing.x * spacing.y)
        areas = (0..<256).map { code in
            let inside = code.nonzeroBitCount > 4 ? 255 - code : code
            return Self.parts(of: inside).reduce(0) { $0 + Self.area(of: $1, faces: faces) }
        }
    }

    /// The corners of a code, by parts that are joined along edges.
    private static func parts(of code: Int) -> [[Int]] {
        var (left, parts) = (code, [[Int]]())
        while left != 0 {
            var open = [left.trailingZeroBitCount], part: [Int] = []
            left &= left - 1
            while let corner = open.popLast() {
                part.append(corner)
                for axis in 0..<3 where left >> (corner ^ 1 << axis) & 1 == 1 {
                    left ^= 1 << (corner ^ 1 << axis)
                    open.append(corner ^ 1 << axis)
                }
            }
            parts.append(part)
        }
        return parts
    }

    /// - `faces`: the areas of the cell's faces across (x, y, z).
    private static func area(of part: [Int], faces: SIMD3<Double>) -> Double {
        let extent = part.reduce(0) { $0 | ($1 ^ part[0]) }, whole = length(faces)
        func across(_ axis: Int) -> SIMD3<Double> { faces.replacing(with: 0, where: SIMD3(0, 1, 2) .== Double(axis)) }
        switch (part.count, extent.nonzeroBitCount) {
        case (1, _): return whole / 8
        case (2, _): return length(across(extent.trailingZeroBitCount)) / 2
        case (3, _): return faces[(7 - extent).trailingZeroBitCount] / 2 + whole * 3 / 8
        case (4, 2): return faces[(7 - extent).trailingZeroBitCount]
        default:
            let inner = part.filter { corner in part.count { (corner ^ $0).nonzeroBitCount == 1 } > 1 }
            // A corner with its three neighbours, or a way along three edges in three directions.
            guard inner.count == 2 else { return whole * 3 / 4 }
            let middle = (inner[0] ^ inner[1]).trailingZeroBitCount
            return whole / 2 + (0..<3).reduce(0) { $1 == middle ? $0 : $0 + length(across($1)) / 4 }
        }
    }

    private static func length(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum().squareRoot() }
}
