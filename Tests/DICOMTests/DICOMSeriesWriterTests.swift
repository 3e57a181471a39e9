import DICOM
import Files
import Foundation
import Imaging
import TestSupport
import Testing

/// What is written is valid DICOM and reads back as the same volume, here and elsewhere.
struct DICOMSeriesWriterTests {
    private static let validator = "/usr/bin/dciodvfy"
    private static let crossValidator = "/usr/bin/dcentvfy"

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func write(_ synthesiser: DICOMSynthesiser) throws -> [String] {
        try synthesiser.writer.write(synthesiser.volume, toFolder: folder.file("series"))
    }

    private func oblique(_ modality: DICOMSeriesWriter.Modality) -> DICOMSynthesiser {
        let direction = Matrix3(columns: SIMD3(0.96, 0.28, 0), SIMD3(-0.224, 0.768, -0.6), SIMD3(-0.168, 0.576, 0.8))
        var synthesiser = DICOMSynthesiser(origin: SIMD3(-101.23456789, 3e-7, 17.000000001), direction: direction)
        synthesiser.writer.modality = modality
        return synthesiser
    }

    @Test(arguments: [DICOMSeriesWriter.Modality.computedTomography, .magneticResonance])
    func `a series reads back as the same volume on the same grid`(modality: DICOMSeriesWriter.Modality) throws {
        let synthesiser = oblique(modality)
        let collection = DICOMCollection(paths: try write(synthesiser))
        let volume = try readDICOMSeries(try collection.series[0].regularSeries())
        let isInteger = volume.isInteger
        #expect(isInteger)
        #expect(volume.geometry.largestCornerDistance(to: synthesiser.geometry) < 1e-6)
        let original = synthesiser.volume
        #expect(volume.values == (0..<original.geometry.voxelCount).map { Float(original.voxels[$0]) })
        #expect(collection.series[0].modality == modality.rawValue)
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: validator), "needs dicom3tools"),
        arguments: [DICOMSeriesWriter.Modality.computedTomography, .magneticResonance])
    func `dciodvfy and dcentvfy find no errors`(modality: DICOMSeriesWriter.Modality) throws {
        let paths = try write(oblique(modality))
        for (tool, arguments) in [(Self.validator, [paths[0]]), (Self.crossValidator, paths)] {
            let (status, text) = try run(tool, arguments)
            #expect(status == 0)
            #expect(!text.contains("Error"), "\(text)")
        }
    }

    @Test func `one seed gives the same bytes, no seed gives new UIDs`() throws {
        let synthesiser = DICOMSynthesiser()
        let first = try synthesiser.objects().map { $0.encodedFile() }
        #expect(try synthesiser.objects().map { $0.encodedFile() } == first)
        var other = synthesiser
        other.writer = DICOMSeriesWriter()
        #expect(try other.objects()[0].text(0x0020, 0x000d) != synthesiser.objects()[0].text(0x0020, 0x000d))
    }

    @Test func `UIDs are unique, below 2.25 and no longer than 64 characters`() throws {
        let objects = try DICOMSynthesiser().objects()
        let uids =
            objects.compactMap { $0.text(0x0008, 0x0018) }
            + [(0x0020, 0x000d), (0x0020, 0x000e), (0x0020, 0x0052)].compactMap {
                objects[0].text($0.0, $0.1)
            }
        #expect(Set(uids).count == 11)
        #expect(uids.allSatisfy { $0.hasPrefix("2.25.") && $0.utf8.count <= 64 && !$0.hasPrefix("2.25.0") })
    }

    @Test func `series of one seed share study and frame of reference`() throws {
        var second = DICOMSynthesiser()
        second.writer.seriesNumber = 2
        let (one, two) = (try DICOMSynthesiser().objects()[0], try second.objects()[0])
        #expect(one.text(0x0020, 0x000d) == two.text(0x0020, 0x000d))
        #expect(one.text(0x0020, 0x0052) == two.text(0x0020, 0x0052))
        #expect(one.text(0x0020, 0x000e) != two.text(0x0020, 0x000e))
        #expect(one.text(0x0008, 0x0018) != two.text(0x0008, 0x0018))
    }

    @Test func `axes that are not perpendicular are refused`() throws {
        let skewed = Matrix3(columns: SIMD3(1, 0, 0), SIMD3(0.1, 1, 0), SIMD3(0, 0, 1))
        #expect(throws: Problem.self) { try write(DICOMSynthesiser(direction: skewed)) }
    }

    @Test func `a folder that can't be written is an error that names it`() throws {
        let file = folder.file("file")
        try Data().write(to: URL(filePath: file))
        let synthesiser = DICOMSynthesiser()
        let error = #expect(throws: Problem.self) {
            try synthesiser.writer.write(synthesiser.volume, toFolder: file + "/series")
        }
        #expect(error?.description.contains(file) == true)
    }

    private func run(_ tool: String, _ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(filePath: tool)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
