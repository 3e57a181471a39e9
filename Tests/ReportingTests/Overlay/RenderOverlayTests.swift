import Files
import Foundation
import Imaging
import Reporting
import Tensors
import TestSupport
import Testing

@Suite struct RenderOverlayTests {
    /// Two labelled boxes, one with a hole, in a grey body.
    private static func twoBoxes() -> Scene {
        var scene = Scene(ImageGeometry(size: SIMD3(60, 50, 40), spacing: SIMD3(1, 1, 1.5)))
        scene.paint(40) { (5..<55).contains($0.x) && (5..<45).contains($0.y) }
        scene.paint(40, label: 1) { (10..<28).contains($0.x) && (12..<38).contains($0.y) && (5..<35).contains($0.z) }
        scene.paint(40, label: 2) { (34..<50).contains($0.x) && (12..<38).contains($0.y) && (5..<35).contains($0.z) }
        scene.paint(40, label: 0) { (40..<44).contains($0.x) && (22..<28).contains($0.y) }
        return scene
    }

    /// The pixel of a tile where the middle of a voxel of a whole slice lies.
    private static func pixel(_ panel: OverlayPanel, column: Double, row: Double, of size: SIMD2<Double>) -> (Int, Int) {
        let rectangle = panel.rectangle
        return (
            rectangle.x + Int((column + 0.5) / size.x * Double(rectangle.width)),
            rectangle.y + Int((row + 0.5) / size.y * Double(rectangle.height))
        )
    }

    @Test func `inside a label the image shines through its colour, outside it stays grey`() throws {
        let scene = Self.twoBoxes()
        let picture = try scene.png().pixels()
        let tile = try #require(scene.plan().panels.first)
        let size = SIMD2(60.0, 50.0)
        func color(_ column: Double, _ row: Double) -> OverlayColor {
            let (x, y) = Self.pixel(tile, column: column, row: row, of: size)
            return picture[x, y]
        }
        #expect(color(30.5, 20) == OverlayColor(0x66_6666), "between the boxes: 40 of 0…100")
        #expect(color(42, 25).isGrey, "the hole of label 2")
        #expect(color(2, 30) == OverlayColor(0), "outside of the body")
        for (value, column) in [(1, 18.0), (2, 37.0)] {
            let mixed = color(column, 18)
            let label = LabelPalette.color(of: value)
            for (channel, mixedChannel) in zip([label.red, label.green, label.blue], [mixed.red, mixed.green, mixed.blue]) {
                let expected = 0.74 * 102 + 0.26 * Double(channel)
                #expect(abs(Double(mixedChannel) - expected) < 3)
            }
        }
    }

    @Test func `a contour of the label's own colour lies on the border between voxels`() throws {
        let scene = Self.twoBoxes()
        let picture = try scene.png().pixels()
        let tile = try #require(scene.plan().panels.first)
        let (_, y) = Self.pixel(tile, column: 0, row: 20, of: SIMD2(60, 50))
        let pixelsPerVoxel = Double(tile.rectangle.width) / 60
        for (value, edge) in [(1, 10.0), (1, 28.0), (2, 34.0), (2, 50.0)] {
            let color = LabelPalette.color(of: value)
            let position = Double(tile.rectangle.x) + edge * pixelsPerVoxel
            let near = Int(position - 2.5)...Int(position + 2.5)
            #expect(near.contains { picture[$0, y].isNear(color, tolerance: 60) }, "label \(value) at column \(edge)")
            let away = Int(position + 4)...Int(position + 6)
            #expect(!away.contains { picture[$0, y].isNear(color, tolerance: 60) })
        }
    }

    @Test func `the legend shows the colour of each label that was found, and of no other`() throws {
        let scene = Self.twoBoxes()
        let picture = try scene.png(names: [1: "one", 2: "two", 3: "three"]).pixels()
        let end = try #require(scene.plan().panels.map(\.rectangle.maxY).max())
        let legend = PixelRectangle(x: 0, y: end + 4, width: picture.width, height: picture.height - end - 4)
        #expect(picture.holds(LabelPalette.color(of: 1), in: legend))
        #expect(picture.holds(LabelPalette.color(of: 2), in: legend))
        #expect(!picture.holds(LabelPalette.color(of: 3), in: legend))
    }

    @Test func `the legend shows each region with the colours of all its values, and the values that are in none`() throws {
        let scene = Self.twoBoxes()
        let end = try #require(scene.plan().panels.map(\.rectangle.maxY).max())
        func swatches(_ regions: [LabelRegion]) throws -> [Int] {
            let picture = try scene.png(names: [1: "a only", 2: "a + b"], regions: regions).pixels()
            // A swatch stands at the left edge of each row of the legend.
            let color = { (x: Int, y: Int) in (1...3).first { picture[x, y] == LabelPalette.color(of: $0) } ?? 0 }
            var found: [Int] = []
            for x in MontagePlan.margin..<picture.width {
                for y in (end + 4)..<picture.height
                where color(x, y) != 0 && color(x - 1, y) != color(x, y) && color(x, y - 1) != color(x, y) {
                    found.append(color(x, y))
                }
            }
            return found.sorted()
        }
        #expect(try swatches([]) == [1, 2])
        #expect(try swatches([.init(name: "a", values: [1, 2]), .init(name: "b", values: [2])]) == [1, 2, 2])
        #expect(try swatches([.init(name: "b", values: [2]), .init(name: "c", values: [3])]) == [1, 2])
    }

    @Test func `equal input gives equal bytes`() throws {
        #expect(try Self.twoBoxes().png().bytes == Self.twoBoxes().png().bytes)
    }

    @Test func `an empty result says so and still shows the image`() throws {
        var scene = Scene(ImageGeometry(size: SIMD3(40, 40, 40)))
        scene.paint(80) { (10..<30).contains($0.x) && (10..<30).contains($0.y) }
        let picture = try scene.png(names: [1: "one"]).pixels()
        #expect(picture.holds(.notice, in: picture.whole))
        #expect(!picture.holds(LabelPalette.color(of: 1), in: picture.whole))
        let tile = try #require(scene.plan().panels.first).rectangle
        #expect(picture[tile.x + tile.width / 2, tile.y + tile.height / 3] == OverlayColor(0xCC_CCCC))
        let other = try Self.twoBoxes().png().pixels()
        #expect(!other.holds(.notice, in: other.whole))
    }

    @Test func `millimetres are square`() throws {
        var scene = Scene(ImageGeometry(size: SIMD3(100, 40, 30), spacing: SIMD3(0.5, 2, 4)))
        scene.paint(90, label: 1) { (20..<80).contains($0.x) && (8..<32).contains($0.y) && (6..<24).contains($0.z) }
        let picture = try scene.png().pixels()
        for panel in scene.plan().panels {
            // 30 × 48 × 72 mm, x to the left, y to the back, z to the head
            let millimetres = [AnatomicalPlane.axial: (30.0, 48.0), .coronal: (30, 72), .sagittal: (48, 72)][panel.plane]
            let (across, down) = try #require(millimetres)
            let color = LabelPalette.color(of: 1)
            var columns = Set<Int>()
            var rows = Set<Int>()
            for y in panel.rectangle.y..<panel.rectangle.maxY {
                for x in panel.rectangle.x..<panel.rectangle.maxX where picture[x, y].isNear(color, tolerance: 12) {
                    columns.insert(x)
                    rows.insert(y)
                }
            }
            let width = try #require(columns.max()) - columns.min().unsafelyUnwrapped + 1
            let height = try #require(rows.max()) - rows.min().unsafelyUnwrapped + 1
            #expect(abs(Double(width) / Double(height) / (across / down) - 1) < 0.03, "\(panel.plane)")
        }
    }

    @Test func `voxels that are no numbers are black`() throws {
        var scene = Self.twoBoxes()
        scene.paint(.nan) { $0.x >= 52 }
        scene.paint(-.infinity) { $0.x < 3 }
        let picture = try scene.png(window: .percentiles).pixels()
        let tile = try #require(scene.plan().panels.first)
        let (x, y) = Self.pixel(tile, column: 57, row: 10, of: SIMD2(60, 50))
        #expect(picture[x, y] == OverlayColor(0))
    }

    @Test func `labels of another size and channels that are not there are refused`() {
        let scene = Self.twoBoxes()
        let other = LabelMap(geometry: ImageGeometry(size: SIMD3(60, 50, 41)), repeating: 0)
        var request = OverlayRequest(caseName: "c", modelName: "m", labelNames: [:], window: .percentiles)
        #expect(throws: Problem.gridsDiffer(image: [60, 50, 40], labels: [60, 50, 41])) {
            try renderOverlay(image: scene.image, labels: other, request: request)
        }
        request.channel = 1
        #expect(throws: Problem.noSuchChannel(index: 1, count: 1)) {
            try renderOverlay(image: scene.image, labels: scene.labels, request: request)
        }
    }

    @Test func `another channel shows another picture`() throws {
        let geometry = ImageGeometry(size: SIMD3(30, 30, 10))
        let labels = LabelMap(geometry: geometry, repeating: 0)
        var voxels = Buffer<Float>(repeating: 10, count: 2 * geometry.voxelCount)
        for index in geometry.voxelCount..<2 * geometry.voxelCount { voxels[index] = 90 }
        let image = MultichannelImage(geometry: geometry, channelCount: 2, voxels: voxels)
        let tile = try #require(MontagePlan(geometry: geometry, survey: LabelSurvey(labels)).panels.first).rectangle
        for (channel, grey) in [(0, 0x1A_1A1A), (1, 0xE6_E6E6)] as [(Int, UInt32)] {
            let request = OverlayRequest(
                caseName: "c", modelName: "m", labelNames: [:], window: .fixed(low: 0, high: 100), channel: channel)
            let picture = try renderOverlay(image: image, labels: labels, request: request).pixels()
            #expect(picture[tile.x + tile.width / 2, tile.y + tile.height / 3] == OverlayColor(grey))
        }
    }
}
