import Imaging
import Reporting
import Testing

@Suite struct OverlayTextTests {
    @Test func `numbers have a point, a true minus sign and no negative zero`() {
        #expect(OverlayText.number(-12.34, decimals: 1) == "−12.3")
        #expect(OverlayText.number(-0.04, decimals: 1) == "0.0")
        #expect(OverlayText.number(1234.5, decimals: 0) == "1234")
        #expect(OverlayText.short(1.5) == "1.5")
        #expect(OverlayText.short(3) == "3")
        #expect(OverlayText.short(0.90234375) == "0.902")
        #expect(OverlayText.short(.nan) == "?")
    }

    @Test func `volumes are millilitres with about three digits`() {
        let geometry = ImageGeometry(size: SIMD3(10, 10, 10), spacing: SIMD3(1, 1, 1))
        #expect(OverlayText.amount(voxels: 7, geometry: geometry) == "0.007 mL")
        #expect(OverlayText.amount(voxels: 1462, geometry: geometry) == "1.46 mL")
        #expect(OverlayText.amount(voxels: 331_640, geometry: geometry) == "331.6 mL")
        #expect(OverlayText.amount(voxels: 1_441_200, geometry: geometry) == "1441 mL")
        let planar = ImageGeometry(size: SIMD3(10, 10, 1), dimension: 2)
        #expect(OverlayText.amount(voxels: 7, geometry: planar) == "7 px")
    }

    @Test func `a grid is told by size, spacing and how oblique it is`() {
        let geometry = ImageGeometry(size: SIMD3(180, 140, 42), spacing: SIMD3(1.5, 1.5, 3))
        #expect(OverlayText.grid(geometry) == "180 × 140 × 42 voxels  ·  1.5 × 1.5 × 3 mm")
        var oblique = geometry
        oblique.direction = Matrix3(rows: SIMD3(1, 0, 0), SIMD3(0, 0.8, -0.6), SIMD3(0, 0.6, 0.8))
        #expect(OverlayText.grid(oblique).hasSuffix("·  oblique by 37°"))
        #expect(OverlayText.grid(ImageGeometry(size: SIMD3(80, 60, 1), dimension: 2)) == "80 × 60 px")
    }

    @Test func `a label without a name is called by its value`() {
        #expect(OverlayText.name(of: 3, in: [3: "spine"]) == "spine")
        #expect(OverlayText.name(of: 4, in: [3: "spine"]) == "label 4")
        #expect(OverlayText.name(of: 4, in: [4: ""]) == "label 4")
    }

    @Test func `a window is told with its unit and as many digits as it needs`() {
        #expect(OverlayText.window(-150...469.4, unit: "HU") == "window −150 to 469 HU")
        #expect(OverlayText.window(0.25...3.5, unit: "") == "window 0.25 to 3.50")
    }
}
