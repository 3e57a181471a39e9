import Files
import Foundation
import ImageFiles
import Imaging
import NIfTI
import TestSupport
import Testing

/// Label maps as the writer classes leave them, read back.
struct `A label map` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let turned = Matrix3(rows: SIMD3(0, 1, 0), SIMD3(0, 0, -1), SIMD3(-1, 0, 0))

    /// A map whose values tell their places, up to `largest`.
    private func labels(_ geometry: ImageGeometry, largest: UInt16) -> LabelMap {
        var values = (0..<geometry.voxelCount).map { UInt16($0 % 7) }
        values[values.count - 1] = largest
        var map = LabelMap(geometry: geometry, repeating: 0)
        for (index, value) in values.enumerated() { map.voxels[index] = value }
        return map
    }

    private func roundTrip(_ name: String, _ geometry: ImageGeometry, as writer: ReaderWriter, largest: UInt16) throws -> PresentedLabels {
        let path = folder.file(name)
        let source = ImageSource(geometry: geometry)
        let map = labels(geometry, largest: largest)
        try writeLabels(map, to: path, source: source, as: writer)
        try verifyLabels(at: path, equal: map, source: source, as: writer)
        try verifyLabels(at: path, onGridOf: source, as: writer)
        let found = try readLabels(path: path, as: writer)
        #expect(found.labels.voxels.values == map.voxels.values)
        return found
    }

    @Test(arguments: [".nrrd", ".mha", ".gipl"], [UInt16(6), 254, 255, 65535])
    func `keeps values and grid in ITK's formats`(ending: String, largest: UInt16) throws {
        // GIPL has no place for a direction, and single precision.
        let direction = ending == ".gipl" ? Matrix3.identity : Self.turned
        let geometry = ImageGeometry(
            size: SIMD3(5, 4, 3), spacing: SIMD3(0.5, 0.75, 2.25), origin: SIMD3(-12.5, 3, 77.125), direction: direction)
        let found = try roundTrip("a" + ending, geometry, as: ReaderWriter.simpleITK, largest: largest)
        #expect(found.source.geometry == geometry)
        let summary = try #require(try ImageSummary(path: folder.file("a" + ending)))
        #expect(summary.datatype == (largest < 255 ? "uint8" : "uint16"))
    }

    @Test(arguments: [".nrrd", ".mha"])
    func `goes back onto the axes of a file that the reader turned`(ending: String) throws {
        let geometry = ImageGeometry(size: SIMD3(5, 4, 3), spacing: SIMD3(0.5, 0.75, 2.25), origin: SIMD3(1, 2, 3), direction: Self.turned)
        let original = folder.file("original" + ending)
        let map = labels(geometry, largest: 6)
        try writeLabels(map, to: original, source: ImageSource(geometry: geometry), as: ReaderWriter.simpleITK)
        let seen = try readLabels(path: original, as: ReaderWriter.simpleITKReorient)
        #expect(seen.source.geometry.orientation.letters == "RAS" && seen.source.originalOrientation != nil)
        try writeLabels(seen.labels, to: folder.file("back" + ending), source: seen.source, as: ReaderWriter.simpleITKReorient)
        try verifyLabels(at: folder.file("back" + ending), equal: seen.labels, source: seen.source, as: ReaderWriter.simpleITKReorient)
        let back = try readLabels(path: folder.file("back" + ending), as: ReaderWriter.simpleITK)
        #expect(back.source.geometry == geometry && back.labels.voxels.values == map.voxels.values)
    }

    @Test func `of a plane is a plane`() throws {
        let geometry = ImageGeometry(size: SIMD3(5, 4, 1), spacing: SIMD3(0.5, 0.75, 1), origin: SIMD3(1, 2, 0), dimension: 2)
        for ending in [".nrrd", ".mha"] {
            let found = try roundTrip("plane" + ending, geometry, as: ReaderWriter.simpleITK, largest: 3)
            #expect(found.source.dimensionCount == 2 && found.arraySpacing == [999 * 0.75, 0.75, 0.5])
        }
    }

    @Test(arguments: [".png", ".bmp", ".tif"], [UInt16(6), 254])
    func `is a picture`(ending: String, largest: UInt16) throws {
        let geometry = ImageGeometry(size: SIMD3(5, 4, 1), dimension: 2)
        let found = try roundTrip("a" + ending, geometry, as: .naturalImage2D, largest: largest)
        #expect(found.arraySpacing == [999, 1, 1])
    }

    @Test func `with labels of 255 and more is a picture of 16 bits, which BMP can't be`() throws {
        let geometry = ImageGeometry(size: SIMD3(5, 4, 1), dimension: 2)
        for ending in [".png", ".tif"] { _ = try roundTrip("deep" + ending, geometry, as: .naturalImage2D, largest: 40000) }
        let error = #expect(throws: Problem.self) {
            try writeLabels(
                labels(geometry, largest: 255), to: folder.file("a.bmp"), source: ImageSource(geometry: geometry), as: .naturalImage2D)
        }
        #expect(error?.description.contains("BMP holds labels below 255") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.file("a.bmp")))
    }

    @Test(arguments: [1, 3], [UInt16(6), 300])
    func `is a TIFF volume with its spacing beside it`(slices: Int, largest: UInt16) throws {
        let geometry = ImageGeometry(size: SIMD3(5, 4, slices), spacing: SIMD3(0.5, 0.75, 2.25))
        let found = try roundTrip("case.tif", geometry, as: .tiff3D, largest: largest)
        #expect(found.arraySpacing == [2.25, 0.75, 0.5] && found.warnings.isEmpty)
        let text = try String(contentsOfFile: folder.file("case.json"), encoding: .utf8)
        #expect(text == "{\n    \"spacing\": [\n        2.25,\n        0.75,\n        0.5\n    ]\n}")
        // An image's side-car is named without its channel.
        try FileManager.default.moveItem(atPath: folder.file("case.tif"), toPath: folder.file("case_0000.tif"))
        #expect(try readImage(paths: [folder.file("case_0000.tif")], as: .tiff3D).arraySpacing == [2.25, 0.75, 0.5])
        #expect(try readLabels(path: folder.file("case_0000.tif"), as: .tiff3D).arraySpacing == [1, 1, 1])
    }

    @Test func `on another grid, or with other voxels, is found out`() throws {
        let geometry = ImageGeometry(size: SIMD3(5, 4, 3), spacing: SIMD3(0.5, 0.75, 2.25))
        let path = folder.file("a.nrrd")
        try writeLabels(labels(geometry, largest: 6), to: path, source: ImageSource(geometry: geometry), as: ReaderWriter.simpleITK)
        var moved = geometry
        moved.origin.x = 1
        #expect(throws: Problem.self) { try verifyLabels(at: path, onGridOf: ImageSource(geometry: moved), as: ReaderWriter.simpleITK) }
        #expect(throws: Problem.self) {
            try verifyLabels(
                at: path, equal: labels(geometry, largest: 5), source: ImageSource(geometry: geometry), as: ReaderWriter.simpleITK)
        }
    }

    @Test func `that can't be written leaves nothing`() throws {
        let geometry = ImageGeometry(size: SIMD3(5, 4, 3))
        for (ending, writer) in [(".nrrd", ReaderWriter.simpleITK), (".mha", .simpleITK), (".gipl", .simpleITK), (".tif", .tiff3D)] {
            let error = #expect(throws: Problem.self) {
                let path = folder.file("none/a" + ending)
                try writeLabels(labels(geometry, largest: 6), to: path, source: ImageSource(geometry: geometry), as: writer)
            }
            #expect(error?.kind == .unwritable, "\(ending)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
