import Evaluation
import Imaging
import Testing
import TestSupport

/// Figures of `surface-distance` 0.1 (google-deepmind/surface-distance) for the same masks.
struct SurfaceDistancesTests {
    private static let spacing = SIMD3(0.7, 1.3, 2.9)

    private func map(
        _ size: SIMD3<Int>, _ spacing: SIMD3<Double> = SIMD3(repeating: 1), dimension: Int = 3, _ isInside: (SIMD3<Double>) -> Bool
    ) -> LabelMap {
        var map = LabelMap(geometry: ImageGeometry(size: size, spacing: spacing, dimension: dimension), repeating: 0)
        for z in 0..<size.z {
            for y in 0..<size.y {
                for x in 0..<size.x where isInside(SIMD3(Double(x), Double(y), Double(z))) { map[x, y, z] = 1 }
            }
        }
        return map
    }

    private func ellipsoid(
        _ size: SIMD3<Int>, _ spacing: SIMD3<Double>, centre: SIMD3<Double>, radii: SIMD3<Double>, dimension: Int = 3
    ) -> LabelMap {
        map(size, spacing, dimension: dimension) { (($0 - centre) / radii * (($0 - centre) / radii)).sum() <= 1 }
    }

    private func noise(seed: UInt64, below limit: UInt64, _ spacing: SIMD3<Double>) -> LabelMap {
        var state = seed
        return map(SIMD3(17, 13, 9), spacing) { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 60 < limit
        }
    }

    private func figures(
        _ prediction: borrowing LabelMap, _ reference: borrowing LabelMap, tolerance: Double, ignoring ignored: Int? = nil,
        values: [Int] = [1]
    ) -> [Double] {
        let distances = SurfaceDistances(
            of: values, in: LabelBoxes(prediction, reference), prediction, reference, ignoring: ignored, team: team)
        return [
            distances.average, distances.hausdorff(percent: 95), distances.hausdorff, distances.dice(tolerance: tolerance),
        ]
    }

    private func expect(_ found: [Double], _ expected: [Double], _ location: SourceLocation = #_sourceLocation) {
        for (value, other) in zip(found, expected) {
            #expect(abs(value - other) <= 1e-12 * abs(other), "\(found) instead of \(expected)", sourceLocation: location)
        }
    }

    @Test func `two voxels apart are as far as they are, at any corner of theirs`() {
        let spacing = SIMD3(1.0, 2, 3)
        let first = map(SIMD3(7, 1, 1), spacing) { $0.x == 1 }, second = map(SIMD3(7, 1, 1), spacing) { $0.x == 4 }
        expect(figures(second, first, tolerance: 1), [2.5, 3, 3, 0])
        expect(figures(second, first, tolerance: 3), [2.5, 3, 3, 1])
    }

    @Test func `ellipsoids on an anisotropic grid`() {
        let size = SIMD3(40, 30, 20)
        let first = ellipsoid(size, Self.spacing, centre: SIMD3(18, 14, 9), radii: SIMD3(13, 9, 6))
        let second = ellipsoid(size, Self.spacing, centre: SIMD3(20, 14, 10), radii: SIMD3(12, 10, 5.5))
        expect(figures(second, first, tolerance: 1), [1.03075348272324, 2.9832867780352594, 5.8, 0.526424463855772])
        expect(figures(second, first, tolerance: 2), [1.03075348272324, 2.9832867780352594, 5.8, 0.8332594539487066])
    }

    @Test func `noise, which has every kind of surface element`() {
        let unit = SIMD3(repeating: 1.0)
        expect(
            figures(noise(seed: 2, below: 4, unit), noise(seed: 1, below: 3, unit), tolerance: 1),
            [0.2008627053533573, 1, 2.23606797749979, 0.9907213268485071])
        expect(
            figures(noise(seed: 2, below: 4, Self.spacing), noise(seed: 1, below: 3, Self.spacing), tolerance: 0.7),
            [0.17355093969522165, 1.3, 2.9, 0.9482264912258018])
    }

    @Test func `a planar image has contours, a volume of one slice has surfaces`() {
        let (size, plane, slice) = (SIMD3(40, 30, 1), SIMD3(0.7, 1.3, 999), SIMD3(0.7, 1.3, 5))
        func disc(_ spacing: SIMD3<Double>, _ dimension: Int, _ centre: SIMD3<Double>, _ radii: SIMD3<Double>) -> LabelMap {
            ellipsoid(size, spacing, centre: centre, radii: radii, dimension: dimension)
        }
        let (centres, radii) = ([SIMD3(18.0, 14, 0), SIMD3(20.0, 14, 0)], [SIMD3(13.0, 9, 1), SIMD3(12.0, 10, 1)])
        expect(
            figures(disc(plane, 2, centres[1], radii[1]), disc(plane, 2, centres[0], radii[0]), tolerance: 1),
            [1.0278180264822916, 2.0999999999999996, 2.0999999999999996, 0.4604305205273165])
        expect(
            figures(disc(slice, 3, centres[1], radii[1]), disc(slice, 3, centres[0], radii[0]), tolerance: 1),
            [0.20848003671117873, 1.4, 2.0999999999999996, 0.9003083791922588])
    }

    @Test func `an object that fills the image ends at the image's faces`() {
        let whole = map(SIMD3(5, 4, 3)) { _ in true }, part = map(SIMD3(5, 4, 3)) { $0.x < 3 }
        expect(figures(part, whole, tolerance: 1), [0.3518911098933511, 2, 2, 0.894987906951789])
    }

    @Test func `a label that one map lacks is infinitely far, one that both lack has no distance`() {
        let empty = map(SIMD3(4, 4, 4)) { _ in false }, cube = map(SIMD3(4, 4, 4)) { $0.max() < 2 }
        for found in [figures(empty, cube, tolerance: 1), figures(cube, empty, tolerance: 1)] {
            #expect(found == [.infinity, .infinity, .infinity, 0])
        }
        #expect(figures(empty, empty, tolerance: 1).allSatisfy { $0.isNaN })
        #expect(figures(cube, cube, tolerance: 0) == [0, 0, 0, 1])
    }

    @Test func `regions count together, and what the reference marks as unlabelled belongs to neither`() {
        var reference = map(SIMD3(6, 3, 3)) { $0.x < 2 }, prediction = map(SIMD3(6, 3, 3)) { $0.x < 4 }
        for y in 0..<3 {
            for z in 0..<3 {
                reference[1, y, z] = 2
                for x in 2..<6 { reference[x, y, z] = 9 }
                prediction[0, y, z] = 2
            }
        }
        #expect(figures(prediction, reference, tolerance: 0, ignoring: 9, values: [1, 2]) == [0, 0, 0, 1])
        #expect(figures(prediction, reference, tolerance: 0, values: [1, 2])[2] == 2)
        #expect(figures(prediction, reference, tolerance: 0, ignoring: 9, values: [2])[2] == 1)
    }
}
