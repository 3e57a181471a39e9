import Imaging
import Testing

@Suite struct ImageGeometryTests {
    private let geometry = ImageGeometry(
        size: SIMD3(4, 5, 6), spacing: SIMD3(0.5, 2, 3), origin: SIMD3(10, -20, 30),
        direction: Matrix3(columns: SIMD3(0, 1, 0), SIMD3(0, 0, -1), SIMD3(-1, 0, 0)))

    @Test func `arrays count axes the other way round`() {
        #expect(geometry.arrayShape == [6, 5, 4])
        #expect(geometry.arraySpacing == [3, 2, 0.5])
        #expect(geometry.voxelCount == 120)
        #expect(geometry.voxelVolume == 3)
    }

    @Test func `an index leads along the direction's columns`() {
        #expect(geometry.physicalPoint(of: .zero) == SIMD3(10, -20, 30))
        #expect(geometry.physicalPoint(of: SIMD3(1, 0, 0)) == SIMD3(10, -19.5, 30))
        #expect(geometry.physicalPoint(of: SIMD3(0, 1, 0)) == SIMD3(10, -20, 28))
        #expect(geometry.physicalPoint(of: SIMD3(0, 0, 1)) == SIMD3(7, -20, 30))
    }

    @Test func `a physical point leads back to its index`() throws {
        let index = SIMD3(1.25, 3.5, -2)
        let back = try #require(geometry.index(of: geometry.physicalPoint(of: index)))
        #expect(abs((back - index).max()) < 1e-12)
        #expect(abs((back - index).min()) < 1e-12)
    }

    @Test func `a singular direction has no indices`() {
        var flat = geometry
        flat.direction = Matrix3(columns: SIMD3(1, 0, 0), SIMD3(1, 0, 0), SIMD3(0, 0, 1))
        #expect(flat.index(of: .zero) == nil)
    }

    @Test func `two grids are as far apart as their farthest corners`() {
        var other = geometry
        other.origin.x += 3
        other.origin.z -= 4
        #expect(geometry.largestCornerDistance(to: other) == 5)
        #expect(geometry.largestCornerDistance(to: geometry) == 0)

        var stretched = geometry
        stretched.spacing.z += 0.1
        #expect(abs(geometry.largestCornerDistance(to: stretched) - 0.5) < 1e-12)
    }

    @Test func `grids of different sizes have no distance`() {
        var other = geometry
        other.size.x = 5
        #expect(geometry.largestCornerDistance(to: other) == .infinity)
    }
}
