import Imaging
import Testing

struct `The ends of a scan` {
    private func map(_ spacing: SIMD3<Double>, size: SIMD3<Int> = SIMD3(5, 6, 7), direction: Matrix3 = .identity) -> LabelMap {
        LabelMap(geometry: ImageGeometry(size: size, spacing: spacing, direction: direction), repeating: 0)
    }

    @Test func `are its first and last slice across the largest spacing`() {
        var map = map(SIMD3(1, 3, 1))
        map[2, 0, 3] = 4
        map[2, 5, 3] = 9
        map[2, 3, 0] = 7
        let ends = ScanEnds(map)
        #expect(ends.ends == [.init(direction: .anterior, values: [4]), .init(direction: .posterior, values: [9])])
        #expect(ends.reached(by: [4, 9]) == [.anterior, .posterior])
        #expect(ends.reached(by: [9]) == [.posterior])
        #expect(ends.reached(by: [7]).isEmpty)
    }

    @Test(arguments: [
        Matrix3(rows: SIMD3(1, 0, 0), SIMD3(0, -1, 0), SIMD3(0, 0, -1)), Matrix3(rows: SIMD3(0, 0, 1), SIMD3(0, -1, 0), SIMD3(-1, 0, 0)),
    ])
    func `lie along the body where spacings are equal, however axes are stored`(direction: Matrix3) {
        var map = map(SIMD3(1, 1, 0.999), direction: direction)
        map[0, 0, 0] = 1
        map[4, 5, 6] = 2
        #expect(ScanEnds(map).ends == [.init(direction: .superior, values: [1]), .init(direction: .inferior, values: [2])])
    }

    @Test(arguments: [SIMD3(5, 6, 1), SIMD3(5, 6, 2)]) func `are nothing to speak of in fewer than three slices`(size: SIMD3<Int>) {
        var map = map(SIMD3(1, 1, 5), size: size)
        map[0, 0, 0] = 1
        #expect(ScanEnds(map).ends.isEmpty)
    }
}
