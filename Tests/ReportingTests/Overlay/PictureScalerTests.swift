import Reporting
import Testing

@Suite struct PictureScalerTests {
    private static func scaled(
        _ source: [Float], _ voxels: SIMD2<Int>, to width: Int, _ height: Int, offset: SIMD2<Double> = .zero, scale: SIMD2<Double>
    ) -> [UInt8] {
        PictureScaler(voxels: voxels, width: width, height: height, offset: offset, scale: scale).pixels(of: source, sourceWidth: voxels.x)
    }

    @Test(arguments: [0.1, 0.37, 1, 2.5, 10]) func `a constant slice stays constant at every scale`(scale: Double) {
        let side = Int(40 * scale)
        let pixels = Self.scaled(
            [Float](repeating: 0.4, count: 1600), SIMD2(40, 40), to: side, side, scale: SIMD2(repeating: Double(side) / 40))
        #expect(pixels.allSatisfy { $0 == 102 })
    }

    @Test func `at one pixel per voxel nothing changes`() {
        let source: [Float] = [0, 0.2, 0.4, 0.6, 0.8, 1]
        #expect(Self.scaled(source, SIMD2(3, 2), to: 3, 2, scale: SIMD2(1, 1)) == [0, 51, 102, 153, 204, 255])
    }

    @Test func `shrinking averages instead of skipping`() {
        let stripes = (0..<64).map { Float($0 % 2) }
        let pixels = Self.scaled(stripes, SIMD2(64, 1), to: 8, 1, scale: SIMD2(0.125, 1))
        #expect(pixels[2..<6].allSatisfy { (126...130).contains($0) })
        #expect(pixels.allSatisfy { (112...144).contains($0) }, "at the ends the last voxel counts more")
    }

    @Test func `growing keeps voxel centres and brightens monotonically along a ramp`() {
        let pixels = Self.scaled([0, 0.25, 0.5, 0.75, 1], SIMD2(5, 1), to: 25, 1, scale: SIMD2(5, 1))
        for (voxel, value) in [0, 64, 128, 191, 255].enumerated() { #expect(abs(Int(pixels[5 * voxel + 2]) - value) <= 1) }
        #expect(zip(pixels, pixels.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func `what lies beside the slice is black`() {
        let pixels = Self.scaled([1, 1], SIMD2(2, 1), to: 10, 1, offset: SIMD2(3, 0), scale: SIMD2(2, 1))
        #expect(pixels == [0, 0, 0, 255, 255, 255, 255, 0, 0, 0])
    }
}
