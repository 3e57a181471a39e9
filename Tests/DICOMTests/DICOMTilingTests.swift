import DICOM
import Files
import Foundation
import TestSupport
import Testing

/// Images that hold several slices or tiles, whatever says so: their position is that of none of them, so they are no slice.
struct DICOMTilingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The reason why an MR image with changed attributes is no slice; nil where it is one.
    private func reason(_ change: (inout DICOMObject) -> Void) throws -> String? {
        var synthesiser = DICOMSynthesiser()
        synthesiser.writer.modality = .magneticResonance
        var object = try synthesiser.objects()[0]
        change(&object)
        let collection = DICOMCollection(paths: try DICOMSynthesiser.write([object], to: folder))
        #expect(collection.series.isEmpty == !collection.otherObjects.isEmpty)
        return collection.otherObjects.first?.reason
    }

    /// A CSA header as Siemens writes it: entries of a name in 64 bytes, 20 bytes of numbers, and items of a 16-byte head and a text.
    private static func siemensHeader(mosaicCount: String) -> [UInt8] {
        func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        func entry(_ name: String, _ values: [String]) -> [UInt8] {
            let padded = Array(name.utf8) + [UInt8](repeating: 0, count: 64 - name.utf8.count)
            let head = padded + number(1) + Array("US\0\0".utf8) + number(9) + number(UInt32(values.count)) + number(77)
            return values.reduce(head) { bytes, value in
                let length = UInt32(value.utf8.count)
                return bytes + number(length) + number(length) + number(77) + number(length) + Array(value.utf8)
                    + [UInt8](repeating: 0, count: (4 - value.utf8.count % 4) % 4)
            }
        }
        return Array("SV10".utf8) + [4, 3, 2, 1] + number(2) + number(77) + entry("EchoLinePosition", ["32      "])
            + entry("NumberOfImagesInMosaic", mosaicCount.isEmpty ? [] : [mosaicCount, "", "", "", "", ""])
    }

    @Test(arguments: ["MOSAIC", "VFRAME", "MONTAGE"]) func `an Image Type says it`(word: String) throws {
        #expect(
            try reason { $0.set(0x0008, 0x0008, "CS", "ORIGINAL\\PRIMARY\\M\\ND\\\(word)") }?.contains("several slices in one image")
                == true)
    }

    @Test func `Siemens' number of images says it when the Image Type is cut`() throws {
        #expect(
            try reason {
                $0.set(0x0019, 0x0010, "LO", "SIEMENS MR HEADER")
                $0.set(0x0019, 0x100a, 8)
            }?.contains("mosaic of 8 slices in one image") == true)
        #expect(try reason { $0.set(0x0019, 0x100a, 36) }?.contains("mosaic of 36 slices") == true)
    }

    @Test func `a private attribute is found in whatever block its creator claims, and nowhere else`() throws {
        #expect(
            try reason {
                $0.set(0x0019, 0x0010, "LO", "SOMEBODY ELSE")
                $0.set(0x0019, 0x0012, "LO", "SIEMENS MR HEADER")
                $0.set(0x0019, 0x100a, 1)
                $0.set(0x0019, 0x120a, "IS", "12")
            }?.contains("mosaic of 12 slices") == true)
        #expect(
            try reason {
                $0.set(0x0019, 0x0010, "LO", "GEMS_ACQU_01")
                $0.set(0x0019, 0x100a, 8)
            } == nil)
    }

    @Test func `Siemens' image header says it`() throws {
        for (count, expected) in [("25      ", true), ("1       ", false), ("", false)] {
            let reason = try reason {
                $0.set(0x0029, 0x0010, "LO", "SIEMENS CSA HEADER")
                $0.set(0x0029, 0x1010, "OB", bytes: Self.siemensHeader(mosaicCount: count))
            }
            #expect((reason?.contains("mosaic of 25 slices") ?? false) == expected)
        }
    }

    @Test func `United Imaging's grid says it`() throws {
        #expect(
            try reason {
                $0.set(0x0065, 0x0010, "LO", "Image Private Header")
                $0.set(0x0065, 0x1050, "DS", "30")
            }?.contains("30 slices in one image") == true)
    }

    @Test func `an image that is the only one of its mosaic, or has one frame, is a slice`() throws {
        #expect(
            try reason {
                $0.set(0x0019, 0x0010, "LO", "SIEMENS MR HEADER")
                $0.set(0x0019, 0x100a, 1)
                $0.set(0x0028, 0x0008, "IS", "1")
            } == nil)
    }

    @Test func `frames are counted in Number of Frames, in the offset tables and in the pixel data`() throws {
        #expect(try reason { $0.set(0x0028, 0x0008, "IS", "12") }?.contains("12 frames in one image") == true)
        #expect(try reason { $0.set(0x0028, 0x0008, "IS", "0") }?.contains("0 frames") == true)
        #expect(try reason { $0.set(0x0028, 0x0008, "IS", "many") }?.contains("Number of Frames (0028,0008) that can't be read") == true)
        #expect(
            try reason { $0.set(0x7fe0, 0x0010, "OW", bytes: [UInt8](repeating: 1, count: 3 * 48)) }?
                .contains("pixel data for 3 images") == true)
        #expect(
            try reason {
                $0.transferSyntaxUID = "1.2.840.10008.1.2.5"
                $0.offsetTable = [0, 0, 0, 0, 20, 0, 0, 0]
                $0.fragments = [[1, 2], [3, 4]]
            }?.contains("2 frames") == true)
        #expect(
            try reason {
                $0.transferSyntaxUID = "1.2.840.10008.1.2.5"
                $0.set(0x7fe0, 0x0001, "OV", bytes: [UInt8](repeating: 0, count: 24))
                $0.fragments = [[1, 2], [3, 4]]
            }?.contains("3 frames") == true)
    }

    @Test func `a tile of a larger image is no slice`() throws {
        #expect(try reason { $0.set(0x0048, 0x0006, "UL", bytes: [0, 4, 0, 0]) }?.contains("tile of a larger image") == true)
    }

    @Test func `a second compressed image that no attribute tells of is refused when it is decoded`() throws {
        let header = [UInt8]([2, 0, 0, 0, 64, 0, 0, 0, 66, 0, 0, 0]) + [UInt8](repeating: 0, count: 52)
        var object = try DICOMSynthesiser().objects()[0]
        object.transferSyntaxUID = "1.2.840.10008.1.2.5"
        object.fragments = [header + [0xe9, 1, 0xe9, 2], header + [0xe9, 3, 0xe9, 4]]
        let series = DICOMCollection(paths: try DICOMSynthesiser.write([object], to: folder)).series
        let error = #expect(throws: Problem.self) { _ = try readDICOMSeries(try series[0].regularSeries()).isInteger }
        #expect(error?.description.contains("more than one image") == true)
    }

    @Test func `a mosaic among the slices of a series makes the series unusable, and is named`() throws {
        var objects = try DICOMSynthesiser().objects()
        objects[7].set(0x0008, 0x0008, "CS", "DERIVED\\PRIMARY\\MOSAIC")
        let paths = try DICOMSynthesiser.write(objects, to: folder)
        let series = DICOMCollection(paths: paths).series
        let error = #expect(throws: Problem.self) { try series[0].regularSeries() }
        #expect(error?.description.contains(paths[7]) == true)
        #expect(error?.description.contains("mosaic") == true)
    }

    @Test(
        .enabled(if: SharedTrials.isAvailable, "needs ../shared"),
        arguments: [("mosaic_single", "mosaic of 8 slices in one image"), ("enhanced_ct", "an Enhanced CT multi-frame image")])
    func `the trials of many slices in one file give no series, and say why`(trial: String, words: String) throws {
        let collection = DICOMCollection(paths: try SharedTrials.dicomFiles(trial))
        #expect(collection.series.isEmpty)
        #expect(collection.otherObjects.first?.reason.contains(words) == true)
    }
}
