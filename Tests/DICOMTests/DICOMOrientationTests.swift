import DICOM
import Files
import Foundation
import Imaging
import Tensors
import TestSupport
import Testing

/// Directions that are written with few decimals, against the directions that they stand for.
struct DICOMOrientationTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A direction matrix of three random angles.
    private static func rotation(_ generator: inout SplitMix64) -> Matrix3 {
        func turn(_ axis: Int) -> Matrix3 {
            let angle = Double.random(in: -3...3, using: &generator)
            var columns = [SIMD3(1.0, 0, 0), SIMD3(0.0, 1, 0), SIMD3(0.0, 0, 1)]
            let (next, last) = ((axis + 1) % 3, (axis + 2) % 3)
            columns[next][next] = cos(angle)
            columns[next][last] = sin(angle)
            columns[last][next] = -sin(angle)
            columns[last][last] = cos(angle)
            return Matrix3(columns: columns[0], columns[1], columns[2])
        }
        return turn(0) * turn(1) * turn(2)
    }

    private static func distance(_ first: SIMD3<Double>, _ second: SIMD3<Double>) -> Double {
        let difference = first - second
        return (difference * difference).sum().squareRoot()
    }

    private func series(_ direction: Matrix3, decimals: Int, row: SIMD3<Double>? = nil) throws -> DICOMSeries {
        let synthesiser = DICOMSynthesiser(size: SIMD3(6, 4, 40), direction: direction)
        let cosines = [row ?? direction.column(0), direction.column(1)].flatMap { [$0.x, $0.y, $0.z] }
        let text = cosines.map { String(format: "%.\(decimals)f", $0) }.joined(separator: "\\")
        let objects = try synthesiser.objects().map { object in
            var object = object
            object.set(0x0020, 0x0037, "DS", text)
            return object
        }
        let candidates = DICOMCollection(paths: try DICOMSynthesiser.write(objects, to: folder)).series
        try #require(candidates.count == 1)
        return try candidates[0].regularSeries()
    }

    @Test(arguments: [(2, 1e-2), (3, 1e-3)])
    func `a series in any direction is read when its cosines are rounded`(decimals: Int, unit: Double) throws {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<40 {
            let direction = Self.rotation(&generator)
            let geometry = try series(direction, decimals: decimals).geometry
            #expect(Self.distance(geometry.direction.column(2), direction.column(2)) < 1e-6)
            #expect(Self.distance(geometry.direction.column(0), direction.column(0)) < 1.75 * unit)
            #expect(abs(geometry.spacing.z - 3) < 1e-6)
            let deviation = (geometry.direction.transposed * geometry.direction).elements
            #expect(zip(deviation, Matrix3.identity.elements).allSatisfy { abs($0 - $1) < 1e-12 })
        }
    }

    @Test func `what rounding moved is said`() throws {
        let half = 0.5.squareRoot()
        let oblique = Matrix3(columns: SIMD3(half, half, 0), SIMD3(0, 0, -1), SIMD3(-half, half, 0))
        let rounded = try series(oblique, decimals: 2, row: SIMD3(0.71, 0.70, 0))
        #expect(rounded.warnings.count == 1 && rounded.warnings[0].contains("few decimals"))
        #expect(try series(oblique, decimals: 6).warnings.isEmpty)
    }

    @Test func `a tilt of more than rounding makes is still a tilt`() throws {
        let angle = 3 * Double.pi / 180
        let tilted = SIMD3(0, cos(angle), sin(angle))
        var objects = try DICOMSynthesiser(size: SIMD3(6, 4, 40)).objects()
        for index in objects.indices {
            objects[index].set(0x0020, 0x0037, "DS", "1\\0\\0\\0\\\(String(format: "%.2f\\%.2f", tilted.y, tilted.z))")
        }
        let candidate = DICOMCollection(paths: try DICOMSynthesiser.write(objects, to: folder)).series[0]
        let error = #expect(throws: Problem.self) { try candidate.regularSeries() }
        #expect(error?.description.contains("tilt") == true)
    }

    @Test(.enabled(if: SharedTrials.isAvailable, "needs ../shared"))
    func `the trial with two decimals is read`() throws {
        let candidates = DICOMCollection(paths: try SharedTrials.dicomFiles("iop_two_digits")).series
        let geometry = try #require(candidates.first).regularSeries().geometry
        #expect(candidates.count == 1)
        #expect(geometry.size == SIMD3(24, 20, 8))
        #expect(abs(geometry.spacing.z - 3) < 1e-3)
    }
}
