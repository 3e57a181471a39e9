import Files
import Foundation
import Imaging
import Reporting
import TestSupport
import Testing

/// Against `nnunetv2.utilities.overlay_plots` 2.8.1.
@Suite struct PlotOverlayTests {
    /// 5 × 3 × 4 voxels, intensities and labels 0, 3 and 7 by formula.
    private static func scene() -> Scene {
        var scene = Scene(ImageGeometry(size: SIMD3(5, 3, 4)))
        for z in 0..<4 {
            for y in 0..<3 {
                for x in 0..<5 {
                    scene.image.voxels[(z * 3 + y) * 5 + x] = Float((x * 7 + y * 13 + z * 29) % 41 - 11) * 1.7
                    scene.labels[x, y, z] = (x + y * 2 + z) % 4 == 0 ? 3 : (x * y + z) % 3 == 1 ? 7 : 0
                }
            }
        }
        return scene
    }

    private static func bytes(_ picture: PixelImage) -> [UInt8] {
        picture.values.flatMap { [UInt8($0 >> 16 & 0xFF), UInt8($0 >> 8 & 0xFF), UInt8($0 & 0xFF)] }
    }

    @Test func `slice, colours and every pixel are nnU-Net's`() throws {
        let scene = Self.scene()
        let picture = try plotOverlay(image: scene.image, labels: scene.labels)
        #expect(picture.width == 5 && picture.height == 3)
        #expect(
            Self.bytes(try picture.pixels()) == [
                222, 178, 148, 255, 211, 180, 97, 54, 23, 62, 74, 119, 162, 118, 87, 93, 49, 18, 57, 70, 114, 64, 64, 64, 190, 146, 115,
                129, 129, 129, 153, 109, 78, 92, 92, 92, 124, 124, 124, 182, 194, 239, 0, 0, 0,
            ])
    }

    @Test func `in a slice without background the lowest label stays grey`() throws {
        var scene = Self.scene()
        for y in 0..<3 {
            for x in 0..<5 where scene.labels[x, y, 1] == 0 { scene.labels[x, y, 1] = 9 }
        }
        let picture = try plotOverlay(image: scene.image, labels: scene.labels, intensity: 0.35)
        #expect(
            Self.bytes(try picture.pixels()) == [
                175, 184, 215, 214, 223, 255, 23, 32, 63, 44, 44, 44, 102, 111, 142, 18, 26, 58, 39, 39, 39, 144, 113, 91, 136, 144, 176,
                223, 192, 170, 91, 99, 131, 178, 147, 125, 217, 186, 164, 191, 191, 191, 66, 35, 13,
            ])
    }

    @Test func `the file is 8-bit RGBA like matplotlib's`() throws {
        let scene = Self.scene()
        let bytes = try plotOverlay(image: scene.image, labels: scene.labels).bytes
        #expect(Array(bytes[12..<16]) == Array("IHDR".utf8))
        #expect(bytes[24] == 8)
        #expect(bytes[25] == 6)
    }

    @Test func `without labels the first slice is drawn grey`() throws {
        var scene = Self.scene()
        scene.labels = LabelMap(geometry: scene.labels.geometry, repeating: 0)
        let pixels = try plotOverlay(image: scene.image, labels: scene.labels).pixels()
        #expect(pixels.values.allSatisfy { OverlayColor($0).isGrey })
        #expect(pixels[0, 0] == OverlayColor(0), "slice 0 begins with its least value")
    }

    @Test func `of equally filled slices the first is taken`() throws {
        var scene = Scene(ImageGeometry(size: SIMD3(2, 1, 3)))
        for z in 0..<3 {
            scene.labels[0, 0, z] = z == 0 ? 0 : 1
            scene.image.voxels[2 * z + 1] = 1
        }
        scene.image.voxels[2] = 0.5
        // slice 1 shows the labelled voxel at half of the range before colour, slice 2 at its least value
        let pixels = try plotOverlay(image: scene.image, labels: scene.labels, intensity: 1e-9).pixels()
        #expect(pixels[0, 0] == OverlayColor(0))
        scene.image.voxels[2] = 3
        let other = try plotOverlay(image: scene.image, labels: scene.labels, intensity: 1e-9).pixels()
        #expect(other[0, 0] == OverlayColor(0xFF_FFFF))
    }

    @Test func `a constant slice is black`() throws {
        let scene = Scene(ImageGeometry(size: SIMD3(4, 4, 1)), background: 7)
        #expect(try plotOverlay(image: scene.image, labels: scene.labels).pixels().values.allSatisfy { $0 == 0 })
    }

    @Test func `more than fifteen values in a slice are refused, fifteen are not`() throws {
        var scene = Scene(ImageGeometry(size: SIMD3(16, 1, 1)))
        scene.image.voxels[3] = 1
        for x in 0..<15 { scene.labels[x, 0, 0] = UInt16(x) }
        _ = try plotOverlay(image: scene.image, labels: scene.labels)
        scene.labels[15, 0, 0] = 15
        #expect(throws: Problem.tooManyLabels(count: 16, slice: 0)) {
            try plotOverlay(image: scene.image, labels: scene.labels)
        }
    }

    @Test func `it is written to a file whole`() throws {
        let folder = try TemporaryFolder()
        let scene = Self.scene()
        try plotOverlay(image: scene.image, labels: scene.labels, to: folder.file("a.png"))
        #expect(try PNGImage(contentsOf: folder.file("a.png")) == plotOverlay(image: scene.image, labels: scene.labels))
    }
}
