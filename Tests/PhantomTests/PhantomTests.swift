import Imaging
import Phantom
import Tensors
import Testing

@Suite struct PhantomTests {
    /// Mean and standard deviation of the HU of some voxels, and their mean index.
    private struct Statistics {
        var count = 0
        var mean = 0.0
        var deviation = 0.0
        var center = SIMD3<Double>.zero

        init(_ phantom: borrowing CTPhantom, where isCounted: (SIMD3<Int>) -> Bool) {
            var sum = 0.0
            var squares = 0.0
            let size = phantom.image.geometry.size
            for z in 0..<size.z {
                for y in 0..<size.y {
                    for x in 0..<size.x where isCounted(SIMD3(x, y, z)) {
                        let value = Double(phantom.image[x, y, z])
                        count += 1
                        sum += value
                        squares += value * value
                        center += SIMD3(Double(x), Double(y), Double(z))
                    }
                }
            }
            mean = sum / Double(count)
            deviation = (squares / Double(count) - mean * mean).squareRoot()
            center /= Double(count)
        }
    }

    /// Voxels of a label whose neighbours four steps away along every axis have it too, so that no blur reaches them.
    private static func inside(_ phantom: borrowing CTPhantom, _ label: UInt16) -> Statistics {
        var core: Set<SIMD3<Int>> = []
        let size = phantom.labels.geometry.size
        for z in 4..<size.z - 4 {
            for y in 4..<size.y - 4 {
                for x in 4..<size.x - 4 where phantom.labels[x, y, z] == label {
                    let isInner = (-1...1).allSatisfy { step in
                        phantom.labels[x + 4 * step, y, z] == label && phantom.labels[x, y + 4 * step, z] == label
                            && phantom.labels[x, y, z + 4 * step] == label
                    }
                    if isInner { core.insert(SIMD3(x, y, z)) }
                }
            }
        }
        return Statistics(phantom) { core.contains($0) }
    }

    private static func equal(_ first: borrowing CTPhantom, _ second: borrowing CTPhantom) -> Bool {
        guard first.image.geometry == second.image.geometry else { return false }
        for index in 0..<first.image.voxels.count {
            if first.image.voxels[index] != second.image.voxels[index] || first.labels.voxels[index] != second.labels.voxels[index] {
                return false
            }
        }
        return true
    }

    @Test func `a seed gives one phantom, another seed another`() {
        let first = CTPhantom(seed: 7)
        let isRepeated = Self.equal(first, CTPhantom(seed: 7))
        let isDifferent = !Self.equal(first, CTPhantom(seed: 8))
        #expect(isRepeated)
        #expect(isDifferent)
    }

    @Test func `normal draws have mean 0 and deviation 1`() {
        var random = PhantomRandom(seed: 3)
        let draws = (0..<100_000).map { _ in random.normal() }
        let mean = draws.reduce(0, +) / 100_000
        let variance = draws.reduce(0) { $0 + $1 * $1 } / 100_000
        #expect(abs(mean) < 0.01)
        #expect(abs(variance - 1) < 0.015)
        #expect(draws.filter { abs($0) > 3 }.count < 400)
        #expect(draws.contains { abs($0) > 3.5 })
    }

    @Test(arguments: [1, 2, 3, 44] as [UInt64]) func `the grid is that of the recipe`(seed: UInt64) {
        let geometry = CTPhantom(seed: seed).image.geometry
        #expect(geometry.size.x == 180)
        #expect(geometry.size.y == 140)
        #expect([2.0, 2.5, 3.0].contains(geometry.spacing.z))
        #expect((96.0 - 1.5...132.0 + 1.5).contains(Double(geometry.size.z) * geometry.spacing.z))
        #expect(geometry.origin == SIMD3(-135, -105, -60))
        #expect(geometry.orientation.letters == "LPS")
    }

    @Test(arguments: [1, 5] as [UInt64]) func `organs have the HU and the noise of the recipe`(seed: UInt64) {
        let phantom = CTPhantom(seed: seed)
        for (label, density, spread) in [(1, 105.0, 10.0), (2, 170.0, 12.0), (3, 420.0, 40.0)] as [(UInt16, Double, Double)] {
            let organ = Self.inside(phantom, label)
            #expect(organ.count > 500)
            #expect(abs(organ.mean - density) < spread + 6)
            #expect(organ.deviation > 12 && organ.deviation < 21, "label \(label)")
        }
        let air = Statistics(phantom) { $0.x < 4 && $0.y < 60 }
        #expect(abs(air.mean + 1000) < 3)
    }

    @Test func `liver lies on the patient's right, kidneys on both sides, the spine behind`() {
        let phantom = CTPhantom(seed: 11)
        let middle = (SIMD3<Double>(phantom.image.geometry.size) - 1) / 2
        let labels = phantom.labels.voxels.span
        let size = phantom.labels.geometry.size
        func center(_ label: UInt16, _ columns: Range<Int>) -> SIMD3<Double> {
            Statistics(phantom) { columns.contains($0.x) && labels[($0.z * size.y + $0.y) * size.x + $0.x] == label }.center
        }
        #expect(center(1, 0..<180).x < middle.x - 15)
        #expect(center(2, 0..<90).x < middle.x - 25)
        #expect(center(2, 90..<180).x > middle.x + 25)
        #expect(center(3, 0..<180).y > middle.y + 30)
    }

    @Test func `the spine's canal is no bone`() {
        let phantom = CTPhantom(seed: 2)
        let z = phantom.labels.geometry.size.z / 2
        var rows: [[UInt16]] = []
        for y in 0..<140 { rows.append((0..<180).map { phantom.labels[$0, y, z] }) }
        let isHollow = rows.contains { row in
            guard let first = row.firstIndex(of: 3), let last = row.lastIndex(of: 3) else { return false }
            return row[first...last].filter { $0 == 0 }.count >= 7
        }
        #expect(isHollow)
    }

    @Test func `blurring equals scipy's gaussian filter with mirrored edges`() {
        let geometry = ImageGeometry(size: SIMD3(5, 4, 3))
        var voxels = Buffer<Float>(repeating: 0, count: 60)
        voxels[33] = 100  // (z, y, x) = (1, 2, 3)
        voxels[0] = -40
        voxels[59] = 10
        blur(&voxels, geometry: geometry, sigma: SIMD3(0.9, 0.7, 0.5))
        // scipy.ndimage.gaussian_filter(a, (0.5, 0.7, 0.9))
        let expected: [(Int, Float)] = [
            (0, -18.896359), (1, -7.656655), (5, -5.237253), (20, -2.256784), (32, 10.726662), (33, 20.010649), (37, 4.076719),
            (38, 7.75473), (58, 2.936174), (59, 5.358877),
        ]
        for (index, value) in expected { #expect(abs(voxels[index] - value) < 1e-4) }
    }
}
