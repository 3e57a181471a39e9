import DICOM
import Files
import Foundation
import Imaging
import TestSupport
import Testing

/// Which files make a series, and what is set apart with which reason.
struct DICOMCollectionTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The reason why a slice with changed attributes is set apart; nil where it isn't.
    private func reason(_ change: (inout DICOMObject) -> Void) throws -> String? {
        var object = try DICOMSynthesiser().objects()[0]
        change(&object)
        let paths = try DICOMSynthesiser.write([object], to: folder)
        let collection = DICOMCollection(paths: paths)
        return (collection.otherObjects + collection.damaged).first.map { ForeignText.plain($0.reason) }
    }

    @Test func `files are grouped by series and sorted by series number`() throws {
        var objects: [DICOMObject] = []
        for number in [7, 3] {
            var synthesiser = DICOMSynthesiser()
            synthesiser.writer.seriesNumber = number
            objects += try synthesiser.objects()
        }
        let collection = DICOMCollection(paths: try DICOMSynthesiser.write(objects.shuffled(), to: folder))
        #expect(collection.series.map(\.seriesNumber) == [3, 7])
        #expect(collection.series.map(\.files.count) == [8, 8])
        #expect(collection.otherObjects.isEmpty)
    }

    @Test func `two orientations of one series are two candidates`() throws {
        let axial = try DICOMSynthesiser().objects()
        let coronal = Matrix3(columns: SIMD3(1, 0, 0), SIMD3(0, 0, -1), SIMD3(0, 1, 0))
        let series = try #require(axial[0].text(0x0020, 0x000e))
        let frame = try #require(axial[0].text(0x0020, 0x0052))
        let others = try DICOMSynthesiser(direction: coronal).objects().map { object in
            var object = object
            object.set(0x0020, 0x000e, "UI", series)
            object.set(0x0020, 0x0052, "UI", frame)
            object.set(0x0008, 0x0018, "UI", (object.text(0x0008, 0x0018) ?? "") + "1")
            return object
        }
        let collection = DICOMCollection(paths: try DICOMSynthesiser.write(axial + others, to: folder))
        #expect(collection.series.map(\.files.count) == [8, 8])
        #expect(try collection.series.map { try $0.regularSeries().geometry.direction }.contains(coronal))
    }

    @Test(arguments: [
        ("1.2.840.10008.5.1.4.1.1.7", "secondary capture"), ("1.2.840.10008.5.1.4.1.1.66.4", "segmentation (SEG)"),
        ("1.2.840.10008.5.1.4.1.1.481.3", "structure set (RTSTRUCT)"), ("1.2.840.10008.5.1.4.1.1.88.33", "structured report"),
        ("1.2.840.10008.5.1.4.1.1.11.1", "presentation state"), ("1.2.840.10008.1.3.10", "DICOMDIR"),
        ("1.2.840.10008.5.1.4.1.1.2.1", "Enhanced CT"), ("1.2.840.10008.5.1.4.1.1.4.1", "Enhanced MR"),
        ("1.2.840.10008.5.1.4.1.1.128", "PET"), ("1.2.3.4", "unknown SOP class 1.2.3.4"),
    ])
    func `an object of another kind is set apart by its name`(sopClass: String, name: String) throws {
        let reason = try #require(try reason { $0.set(0x0008, 0x0016, "UI", sopClass) })
        #expect(reason.contains(name))
    }

    @Test func `a localizer is set apart`() throws {
        #expect(try reason { $0.set(0x0008, 0x0008, "CS", "ORIGINAL\\PRIMARY\\LOCALIZER") } == "is a localizer")
    }

    @Test func `images that can't be slices are set apart with the attribute that says so`() throws {
        #expect(try reason { $0.set(0x0028, 0x0008, "IS", "12") }?.contains("12 frames") == true)
        #expect(try reason { $0.set(0x0028, 0x0004, "CS", "RGB") }?.contains("colour image (RGB") == true)
        #expect(try reason { $0.remove(0x0020, 0x0032) }?.contains("Image Position (Patient)") == true)
        #expect(try reason { $0.remove(0x0020, 0x0037) }?.contains("Image Orientation (Patient)") == true)
        #expect(try reason { $0.set(0x0020, 0x0037, "DS", "1\\0\\0\\0.5\\0.5\\0") }?.contains("perpendicular unit vectors") == true)
        #expect(try reason { $0.remove(0x0028, 0x0030) }?.contains("Pixel Spacing") == true)
        #expect(try reason { $0.set(0x0028, 0x0030, "DS", "0\\1") }?.contains("Pixel Spacing (0028,0030) of 0 or less") == true)
        #expect(try reason { $0.set(0x0028, 0x0100, 12) }?.contains("bits") == true)
        #expect(try reason { $0.remove(0x7fe0, 0x0010) }?.contains("no image") == true)
        #expect(try reason { $0.transferSyntaxUID = "1.2.840.10008.1.2.4.102" }?.contains("1.2.840.10008.1.2.4.102") == true)
        #expect(try reason { $0.set(0x0028, 0x1053, "DS", "one") }?.contains("(0028,1053)") == true)
        #expect(try reason { $0.set(0x0028, 0x3000, "SQ", bytes: [0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0]) }?.contains("lookup table") == true)
    }

    @Test func `an image larger than its pixel data is damaged, however large it claims to be`() throws {
        #expect(try reason { $0.set(0x0028, 0x0010, 5) }?.contains("the image needs 60") == true)
        #expect(
            try reason {
                $0.set(0x0028, 0x0010, 65535)
                $0.set(0x0028, 0x0011, 65535)
            }?.contains("can't come from 48 bytes") == true)
    }

    @Test func `a tiny compressed file can't claim a huge image`() throws {
        let reason = try reason {
            $0.transferSyntaxUID = "1.2.840.10008.1.2.4.90"
            $0.fragments = [[0xff, 0x4f, 0xff, 0x51]]
            $0.set(0x0028, 0x0010, 8000)
            $0.set(0x0028, 0x0011, 8000)
        }
        #expect(reason?.contains("8000×8000") == true)
    }

    @Test func `files that are no DICOM are set apart, and a damaged one names what is wrong`() throws {
        let text = folder.file("notes.txt")
        try Data("hello".utf8).write(to: URL(filePath: text))
        let cut = folder.file("cut.dcm")
        try Data(DICOMSynthesiser().objects()[0].encodedFile().dropLast(20)).write(to: URL(filePath: cut))
        let collection = DICOMCollection(paths: [text, cut, folder.file("absent")])
        #expect(collection.otherObjects.map(\.path) == [text])
        #expect(collection.otherObjects.map(\.reason) == ["is not a DICOM file"])
        #expect(collection.damaged.map(\.path) == [cut, folder.file("absent")])
        #expect(collection.damaged[0].reason.contains("(7fe0,0010) should have 48 bytes, 28 are left"))
        #expect(collection.damaged[1].reason.contains("No such file"))
    }
}
