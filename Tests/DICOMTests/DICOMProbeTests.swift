import DICOM
import Files
import Foundation
import Glibc
import Tensors
import TestSupport
import Testing

/// What counts as a DICOM file, and what is refused before it can do harm.
struct DICOMProbeTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func file(_ bytes: [UInt8]) throws -> String {
        let path = folder.file("file")
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    private func sliceBytes() throws -> [UInt8] {
        try DICOMSynthesiser().objects()[0].encodedFile()
    }

    @Test func `a file with preamble and mark is DICOM`() throws {
        #expect(DICOMProbe.isDICOM(path: try file(sliceBytes())))
    }

    @Test(arguments: ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"])
    func `a bare data set without preamble is DICOM and is read`(transferSyntax: String) throws {
        var object = try DICOMSynthesiser().objects()[0]
        object.transferSyntaxUID = transferSyntax
        let path = try file(object.encodedDataSet())
        #expect(DICOMProbe.isDICOM(path: path))
        let header = try DICOMProbe.header(path: path)
        #expect(header.rows == 4)
        #expect(header.transferSyntaxUID == transferSyntax)
    }

    @Test func `text, an empty file, NIfTI and noise are not DICOM`() throws {
        var generator = SplitMix64(seed: 5)
        let noise = (0..<4000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let nifti = [UInt8](repeating: 0, count: 344) + Array("n+1\0".utf8)
        for bytes in [Array("DICM is written here, and more text follows it\n".utf8), [], nifti, noise] {
            let path = try file(bytes)
            #expect(!DICOMProbe.isDICOM(path: path))
            #expect(throws: Problem.self) { try DICOMProbe.header(path: path) }
        }
    }

    @Test func `a pipe, a folder and a symbolic link are refused without waiting`() throws {
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let link = folder.file("link")
        #expect(symlink(try file(sliceBytes()), link) == 0)
        for path in [pipe, link, folder.path, folder.file("absent")] {
            #expect(!DICOMProbe.isDICOM(path: path))
            #expect(throws: Problem.self) { try DICOMProbe.header(path: path) }
        }
    }

    @Test func `a header holds identity, geometry and encoding`() throws {
        let synthesiser = DICOMSynthesiser()
        let header = try DICOMProbe.header(path: try file(sliceBytes()))
        #expect(header.sopClassUID == "1.2.840.10008.5.1.4.1.1.2")
        #expect(header.modality == "CT")
        #expect(header.seriesNumber == 1)
        #expect(header.seriesDescription == "Phantom")
        #expect(header.instanceNumber == 1)
        #expect(header.rows == 4 && header.columns == 6 && header.numberOfFrames == 1)
        #expect(header.imagePosition == synthesiser.geometry.origin)
        #expect(header.rowDirection == SIMD3(1, 0, 0) && header.columnDirection == SIMD3(0, 1, 0))
        #expect(header.pixelSpacing == SIMD2(0.9, 0.7))
        #expect(header.sliceThickness == 3)
        #expect(header.rescaleSlope == 1 && header.rescaleIntercept == 0)
        #expect(header.transferSyntaxUID == "1.2.840.10008.1.2.1")
    }

    @Test func `nothing about the patient is kept`() throws {
        var object = try DICOMSynthesiser().objects()[0]
        object.set(0x0010, 0x0010, "PN", "SECRET^NAME")
        object.set(0x0010, 0x0020, "LO", "SECRET-ID")
        object.set(0x0010, 0x0030, "DA", "19770707")
        let header = try DICOMProbe.header(path: try file(object.encodedFile()))
        let text = "\(header)"
        #expect(!text.contains("SECRET") && !text.contains("19770707"))
    }

    @Test func `an element longer than the file is an error that names it, and nothing is allocated for it`() throws {
        var bytes = try sliceBytes()
        let modality = try #require(bytes.firstRange(of: Array([0x08, 0x00, 0x60, 0x00, 0x43, 0x53])))
        bytes.replaceSubrange(modality.upperBound..<(modality.upperBound + 2), with: [0xfe, 0xff])
        let path = try file(bytes)
        let error = #expect(throws: Problem.self) { try DICOMProbe.header(path: path) }
        #expect(error?.description.contains("(0008,0060) should have 65534 bytes") == true)
        #expect(error?.description.contains(path) == true)
    }

    @Test func `sequences nested without end are refused`() throws {
        var object = try DICOMSynthesiser().objects()[0]
        object.set(0x7fe0, 0x0010, "OW", bytes: [])
        let nested: [UInt8] = [
            0x40, 0x00, 0x75, 0x02, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff,
        ]
        let path = try file(object.encodedFile().dropLast(12) + Array(repeatElement(nested, count: 50_000).joined()))
        let error = #expect(throws: Problem.self) { try DICOMProbe.header(path: path) }
        #expect(error?.description.contains("nested") == true)
    }

    @Test func `a sequence of undefined length is passed over, whatever it holds`() throws {
        var object = try DICOMSynthesiser().objects()[0]
        object.remove(0x7fe0, 0x0010)
        let item: [UInt8] = [0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff, 0x28, 0x00, 0x10, 0x00, 0x55, 0x53, 2, 0, 99, 0]
        let end: [UInt8] = [0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]
        let sequence: [UInt8] = [0x40, 0x00, 0x75, 0x02, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff] + item + end
        let pixels: [UInt8] = [0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0, 48, 0, 0, 0] + [UInt8](repeating: 1, count: 48)
        let path = try file(object.encodedFile() + sequence + pixels)
        #expect(try DICOMProbe.header(path: path).rows == 4)
        #expect(DICOMCollection(paths: [path]).series.count == 1)
    }
}
