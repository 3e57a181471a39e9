import Imaging
import Reporting
import Testing

/// Panels fit every shape of image.
@Suite struct MontagePlanTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let size: SIMD3<Int>
        var spacing = SIMD3(1.0, 1.0, 1.0)
        var labels = 1
        var testDescription: String { "\(size.x) x \(size.y) x \(size.z), \(labels) labels" }
    }

    static let shapes = [
        Shape(size: SIMD3(1, 1, 1)), Shape(size: SIMD3(37, 1, 1)), Shape(size: SIMD3(5, 3, 2)), Shape(size: SIMD3(37, 48, 34), labels: 2),
        Shape(size: SIMD3(180, 140, 42), spacing: SIMD3(1.5, 1.5, 3), labels: 3), Shape(size: SIMD3(64, 64, 1)),
        Shape(size: SIMD3(64, 1, 64)), Shape(size: SIMD3(1, 64, 64)), Shape(size: SIMD3(64, 64, 2), labels: 0),
        Shape(size: SIMD3(48, 48, 1000), spacing: SIMD3(5, 5, 1.5), labels: 12), Shape(size: SIMD3(2048, 2048, 3), labels: 4),
        Shape(size: SIMD3(600, 20, 20)), Shape(size: SIMD3(20, 600, 20)), Shape(size: SIMD3(64, 64, 64), labels: 200),
        Shape(size: SIMD3(64, 64, 20), spacing: SIMD3(0.4, 0.4, 9)), Shape(size: SIMD3(30, 30, 30), spacing: SIMD3(0, .nan, -1)),
    ]

    /// Slabs of labels along x.
    private static func scene(_ shape: Shape) -> Scene {
        var scene = Scene(ImageGeometry(size: shape.size, spacing: shape.spacing), background: 30)
        guard shape.labels > 0 else { return scene }
        for z in 0..<shape.size.z {
            for y in 0..<shape.size.y {
                for x in shape.size.x / 4..<max(shape.size.x * 3 / 4, shape.size.x / 4 + 1) {
                    scene.labels[x, y, z] = UInt16(1 + (x + y * 7 + z * 3) * shape.labels / 400 % shape.labels)
                }
            }
        }
        return scene
    }

    @Test(arguments: shapes) func `panels lie apart, within the picture, and the picture is bounded`(shape: Shape) throws {
        let scene = Self.scene(shape)
        let png = try scene.png(window: .percentiles)
        let panels = scene.plan().panels.map(\.rectangle)
        #expect(!panels.isEmpty)
        #expect(png.width <= 1600)
        #expect(png.height <= 2200)
        for (index, panel) in panels.enumerated() {
            #expect(panel.width > 0 && panel.height > 0)
            #expect(panel.x >= 28 && panel.maxX <= png.width - 28 && panel.y >= 84 && panel.maxY <= png.height - 28)
            #expect(!panels[..<index].contains { $0.overlaps(panel) })
        }
    }

    @Test(arguments: shapes) func `nothing is drawn into the margins`(shape: Shape) throws {
        let names = Dictionary(uniqueKeysWithValues: (1...220).map { ($0, "a structure with quite a long name, number \($0)") })
        let picture = try Self.scene(shape).png(
            names: names, caseName: String(repeating: "very_long_case_name_", count: 20), modelName: String(repeating: "model ", count: 90)
        ).pixels()
        for x in Array(0..<26) + Array(picture.width - 26..<picture.width) {
            for y in 0..<picture.height where picture[x, y] != .background {
                Issue.record("(\(x), \(y)) is drawn upon")
                return
            }
        }
        for y in Array(0..<12) + Array(picture.height - 12..<picture.height) {
            for x in 0..<picture.width where picture[x, y] != .background {
                Issue.record("(\(x), \(y)) is drawn upon")
                return
            }
        }
    }

    @Test func `tiles have one size and the other planes one scale`() {
        let panels = Self.scene(Shape(size: SIMD3(180, 140, 42), spacing: SIMD3(1.5, 1.5, 3), labels: 3)).plan().panels
        let tiles = panels.filter { $0.plane == .axial }.map(\.rectangle)
        #expect(tiles.count >= 6)
        #expect(Set(tiles.map { [$0.width, $0.height] }).count == 1)
        #expect(panels.filter { $0.plane == .coronal }.count == 1)
        #expect(panels.filter { $0.plane == .sagittal }.count == 1)
    }

    @Test func `a planar image is one panel`() throws {
        var scene = Scene(ImageGeometry(size: SIMD3(80, 60, 1), dimension: 2), background: 30)
        scene.paint(50, label: 1) { $0.x < 20 && $0.y < 20 }
        let panels = scene.plan().panels
        #expect(panels.count == 1)
        let picture = try scene.png().pixels()
        let center = try #require(
            picture.center(in: panels[0].rectangle) { $0.isNear(LabelPalette.color(of: 1), tolerance: 12) })
        #expect(center.x < 0.4 && center.y < 0.4, "a planar image is not flipped")
    }

    @Test func `a single slice is shown in its plane`() {
        for (size, plane) in [(SIMD3(64, 64, 1), AnatomicalPlane.axial), (SIMD3(64, 1, 64), .coronal), (SIMD3(1, 64, 64), .sagittal)] {
            #expect(Self.scene(Shape(size: size)).plan().panels.map(\.plane) == [plane])
        }
    }

    @Test func `a small label in a large image is shown enlarged, a large one with the whole slice`() throws {
        var small = Scene(ImageGeometry(size: SIMD3(400, 400, 60)), background: 30)
        small.paint(90, label: 1) { (300..<306).contains($0.x) && (100..<106).contains($0.y) && (20..<40).contains($0.z) }
        let picture = try small.png().pixels()
        let tile = try #require(small.plan().panels.first).rectangle
        let center = try #require(picture.center(in: tile) { $0.isNear(LabelPalette.color(of: 1), tolerance: 12) })
        #expect(abs(center.x - 0.5) < 0.05 && abs(center.y - 0.5) < 0.05, "the label is in the middle")
        #expect(tile.width == tile.height)

        var large = Scene(ImageGeometry(size: SIMD3(400, 300, 60)), background: 30)
        large.paint(90, label: 1) { (50..<350).contains($0.x) && (50..<250).contains($0.y) && (5..<55).contains($0.z) }
        let wide = try #require(large.plan().panels.first).rectangle
        #expect(abs(Double(wide.width) / Double(wide.height) - 4.0 / 3) < 0.02)
    }
}

extension PixelRectangle {
    /// Whether the two share a pixel.
    fileprivate func overlaps(_ other: PixelRectangle) -> Bool {
        x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
    }
}
