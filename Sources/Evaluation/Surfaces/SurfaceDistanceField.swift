import Imaging
import Tensors

/// The distance of every corner of a grid from the nearest one on a surface, exact and in linear time: one axis after the other, the lower
/// envelope of the parabolas that the sites before it span (Felzenszwalb and Huttenlocher 2012).
///
/// Two bytes for each corner are kept, the corners between it and the nearest site along z; the rest is computed plane by plane, where it is
/// asked for. Squares are added in the order z, y, x, as SciPy's `distance_transform_edt` adds them.
struct SurfaceDistanceField: ~Copyable {
    /// Corners along (x, y, z).
    private let size: SIMD3<Int>
    /// (x, y, z) mm.
    private let spacing: SIMD3<Double>
    /// (y, z, x): corners along z to the nearest site; `none` where there is none.
    private let steps: Buffer<UInt16>

    private static let none = UInt16.max

    /// - Parameters:
    ///   - sites: the surface.
    ///   - spacing: (x, y, z) mm.
    ///   - team: does the work.
    init(from sites: borrowing SurfaceElements, spacing: SIMD3<Double>, team: ThreadTeam) {
        size = sites.size
        self.spacing = spacing
        let size = sites.size, codes = sites.codes.span
        var steps = Buffer<UInt16>(repeating: Self.none, count: codes.count, hugePages: false)
        var target = steps.mutableSpan
        team.forEachPart(of: &target, size: size.z * size.x) { y, part in
            for z in 0..<size.z {
                let row = codes.part((z * size.y + y) * size.x, count: size.x)
                for x in row.indices {
                    let before = z == 0 ? Self.none : part[(z - 1) * size.x + x]
                    part[z * size.x + x] = SurfaceElements.isSurface(row[x]) ? 0 : Self.next(before)
                }
            }
            for z in (0..<size.z).dropLast().reversed() {
                for x in 0..<size.x { part[z * size.x + x] = min(part[z * size.x + x], Self.next(part[(z + 1) * size.x + x])) }
            }
        }
        self.steps = steps
    }

    /// One step more; none stays none.
    private static func next(_ steps: UInt16) -> UInt16 { min(steps, none - 1) + 1 }

    /// The distances of a surface's corners from the sites, in the order of the grid, mm; infinite where there are no sites.
    func distances(of queries: borrowing SurfaceElements, team: ThreadTeam) -> [Double] {
        precondition(queries.size == size)
        let codes = queries.codes.span, steps = steps.span
        return team.map(count: size.z) { z in
            distances(of: codes.part(z * size.x * size.y, count: size.x * size.y), inPlane: z, steps)
        }.flatMap(\.self)
    }

    private func distances(of codes: Span<UInt8>, inPlane z: Int, _ steps: Span<UInt16>) -> [Double] {
        let rows = (0..<size.y).filter { y in
            codes.part(y * size.x, count: size.x).indices.contains { SurfaceElements.isSurface(codes[y * size.x + $0]) }
        }
        guard !rows.isEmpty else { return [] }
        // Squared distances within the slice's columns, at the rows that are asked for.
        var squares = [Double](repeating: .infinity, count: rows.count * size.x)
        var envelope = LowerEnvelope(capacity: max(size.x, size.y), spacing: spacing.y)
        for x in 0..<size.x {
            envelope.clear()
            for y in 0..<size.y {
                let count = steps[(y * size.z + z) * size.x + x]
                if count != Self.none { envelope.add(y, height: square(Double(count) * spacing.z)) }
            }
            guard !envelope.isEmpty else { continue }
            for (index, y) in rows.enumerated() { squares[index * size.x + x] = envelope.value(at: y) }
        }
        var found: [Double] = []
        envelope = LowerEnvelope(capacity: max(size.x, size.y), spacing: spacing.x)
        for (index, y) in rows.enumerated() {
            envelope.clear()
            for x in 0..<size.x where squares[index * size.x + x].isFinite { envelope.add(x, height: squares[index * size.x + x]) }
            for x in 0..<size.x where SurfaceElements.isSurface(codes[y * size.x + x]) {
                found.append(envelope.isEmpty ? .infinity : envelope.value(at: x).squareRoot())
            }
        }
        return found
    }

    private func square(_ value: Double) -> Double { value * value }
}

/// The lowest of several parabolas of one width above places on a line; both are given from left to right.
private struct LowerEnvelope {
    private var sites: [Double]
    private var heights: [Double]
    /// From where on each parabola is the lowest.
    private var starts: [Double]
    private var count = 0
    private var current = 0
    private let spacing: Double

    init(capacity: Int, spacing: Double) {
        sites = [Double](repeating: 0, count: capacity)
        heights = sites
        starts = sites
        self.spacing = spacing
    }

    var isEmpty: Bool { count == 0 }

    mutating func clear() { (count, current) = (0, 0) }

    mutating func add(_ place: Int, height: Double) {
        let (site, scale) = (Double(place), spacing * spacing)
        var start = -Double.infinity
        while count > 0 {
            let last = sites[count - 1]
            start = ((height - heights[count - 1]) / scale + (site - last) * (site + last)) / (2 * (site - last))
            if start > starts[count - 1] { break }
            count -= 1
            start = -.infinity
        }
        (sites[count], heights[count], starts[count]) = (site, height, start)
        count += 1
    }

    /// The lowest value at a place, to the right of all that were asked for since the last `clear`.
    mutating func value(at place: Int) -> Double {
        while current + 1 < count, starts[current + 1] < Double(place) { current += 1 }
        let distance = (Double(place) - sites[current]) * spacing
        return heights[current] + distance * distance
    }
}
