import CasePrediction
import DICOM
import Files
import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

struct `Cases from DICOM` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Writes a small series below the folder.
    private func write(_ path: String, number: Int, description: String, slices: Int = 3, seed: UInt64 = 1) throws {
        let target = folder.file(path)
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        var volume = Volume<Int16>(
            geometry: ImageGeometry(size: SIMD3(8, 6, slices), spacing: SIMD3(1.5, 1.5, 3), origin: SIMD3(-10, 20, 30)), repeating: 0)
        for z in 0..<slices { volume[1, 2, z] = Int16(100 + z) }
        let writer = DICOMSeriesWriter(seriesNumber: number, seriesDescription: description, seed: seed)
        _ = try writer.write(volume, toFolder: target)
    }

    @Test func `are named after their folders, with the series number where there are several`() throws {
        try write("exam A", number: 4, description: "one")
        try write("exam B/first", number: 5, description: "two")
        try write("exam B/second", number: 6, description: "three")
        try write("loose", number: 7, description: "T1 post", seed: 9)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.file("loose")) {
            try FileManager.default.moveItem(atPath: folder.file("loose/" + name), toPath: folder.file(name))
        }
        let names = try CaseGrouping.dicomCases(in: folder.path).cases.map(\.name)
        #expect(names.count == 4)
        #expect(Set(names).isSuperset(of: ["exam_A", "exam_B_5", "exam_B_6"]))
        #expect(names.contains { $0.hasPrefix("series_7_") })
    }

    @Test func `differ in name even when folders and numbers do not`() throws {
        try write("exam/a", number: 5, description: "x", seed: 1)
        try write("exam/b", number: 5, description: "x", seed: 2)
        try write("exam:", number: 1, description: "x", seed: 3)
        let names = try CaseGrouping.dicomCases(in: folder.path).cases.map(\.name)
        #expect(names.count == 3)
        #expect(Set(names).count == 3)
    }

    @Test func `of slices at one position are refused for that, not for being few`() throws {
        let objects = try DICOMSynthesiser().objects().map { object in
            var object = object
            object.setPosition(SIMD3(-10, 20, 100))
            return object
        }
        _ = try DICOMSynthesiser.write(objects, to: folder)
        let item = try #require(try CaseGrouping.dicomCases(in: folder.path).cases.first)
        let error = #expect(throws: Problem.self) { try item.regularSeries() }
        #expect(error?.description.contains("1 position holds 8 slices") == true, "\(String(describing: error))")
    }

    @Test func `become nnU-Net's input files, voxel by voxel`() throws {
        try write("exam", number: 1, description: "x")
        let output = try TemporaryFolder()
        let found = try #require(try CaseGrouping.dicomCases(in: folder.path).cases.first)
        let converted = try CaseConverter.convert(found, to: output.path)
        #expect(converted.files == CaseFiles(name: "exam", channelPaths: [output.file("exam_0000.nii.gz")]))
        let image = try readImage(paths: converted.files.channelPaths)
        #expect(image.image.geometry.size == SIMD3(8, 6, 3))
        #expect(image.image.geometry.origin == SIMD3(-10, 20, 30))
        #expect(image.image.voxels[(0 * 6 + 2) * 8 + 1] == 100)
        #expect(image.image.voxels[(2 * 6 + 2) * 8 + 1] == 102)
    }

    @Test func `are refused with the gap named when a slice is missing`() throws {
        try write("exam", number: 1, description: "x", slices: 5)
        try FileManager.default.removeItem(atPath: folder.file("exam/0003.dcm"))
        let output = try TemporaryFolder()
        let found = try #require(try CaseGrouping.dicomCases(in: folder.path).cases.first)
        let error = #expect(throws: Problem.self) { try CaseConverter.convert(found, to: output.path).files }
        #expect(try #require(error).description.contains("(at 33 and 39 mm)"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).isEmpty)
    }

    @Test func `of one slice are refused, naming the key that takes them`() throws {
        try write("exam", number: 1, description: "x", slices: 1)
        let output = try TemporaryFolder()
        let found = try #require(try CaseGrouping.dicomCases(in: folder.path).cases.first)
        let error = #expect(throws: Problem.self) { try CaseConverter.convert(found, to: output.path).files }
        #expect(error?.description.contains("1 slice, fewer than the 2") == true)
        #expect(error?.advice.contains("min_slices = 1") == true)
        let wanted = try #require(try CaseGrouping.dicomCases(in: folder.path, minimumSlices: 1).cases.first)
        #expect(try CaseConverter.convert(wanted, to: output.path).files.channelPaths.count == 1)
    }

    @Test func `of a few slices beside a volume are set aside and named`() throws {
        try write("exam/a", number: 1, description: "scout", slices: 3)
        try write("exam/b", number: 2, description: "x", slices: 12)
        let found = try CaseGrouping.dicomCases(in: folder.path)
        #expect(found.cases.map(\.name) == ["exam"])
        #expect(found.cases[0].series.seriesNumber == 2)
        #expect(found.otherObjects.count == 3)
        #expect(found.otherObjects[0].reason == "its series has 3 slices, beside one of 12; min_slices = 3 takes such a series")
        #expect(try CaseGrouping.dicomCases(in: folder.path, minimumSlices: 3).cases.map(\.name) == ["exam_1", "exam_2"])
        #expect(try CaseGrouping.dicomCases(in: folder.path, minimumSlices: 4).cases.map(\.name) == ["exam"])
    }

    @Test func `of a few slices alone or beside others of a few are cases`() throws {
        try write("exam/a", number: 1, description: "x", slices: 3)
        try write("exam/b", number: 2, description: "x", slices: 4)
        #expect(try CaseGrouping.dicomCases(in: folder.path).cases.map(\.name) == ["exam_1", "exam_2"])
    }

    @Test func `are refused where a damaged file may be one of their slices, and others go on`() throws {
        try write("bad", number: 1, description: "x", slices: 5)
        try write("good", number: 2, description: "x", slices: 5)
        try Data().write(to: URL(filePath: folder.file("bad/0005.dcm")))
        let output = try TemporaryFolder()
        let found = try CaseGrouping.dicomCases(in: folder.path)
        #expect(found.cases.map(\.name) == ["bad", "good"])
        #expect(found.damaged.map(\.path) == [folder.file("bad/0005.dcm")])
        let error = #expect(throws: Problem.self) { try CaseConverter.convert(found.cases[0], to: output.path).files }
        let text = try ForeignText.plain(#require(error).description)
        #expect(text.contains("bad/0005.dcm, which may be one of its slices, is empty"))
        #expect(try CaseConverter.convert(found.cases[1], to: output.path).files.name == "good")
    }

    /// Moves some files of one folder to another.
    private func move(_ names: [String], from source: String, to target: String) throws {
        try FileManager.default.createDirectory(atPath: folder.file(target), withIntermediateDirectories: true)
        for name in names {
            try FileManager.default.moveItem(atPath: folder.file(source + "/" + name), toPath: folder.file(target + "/" + name))
        }
    }

    @Test func `are one case where a series lies in several folders, in parts or copied`() throws {
        try write("a", number: 1, description: "x", slices: 6)
        try write("c", number: 2, description: "y", slices: 5, seed: 3)
        try FileManager.default.copyItem(atPath: folder.file("a"), toPath: folder.file("d"))
        try move(["0004.dcm", "0005.dcm", "0006.dcm"], from: "a", to: "b")
        let output = try TemporaryFolder()
        let found = try CaseGrouping.dicomCases(in: folder.path)
        #expect(found.cases.map(\.name) == ["a", "c"])
        let converted = try CaseConverter.convert(found.cases[0], to: output.path)
        #expect(try NIfTIHeaderSummary(path: converted.files.channelPaths[0]).dimensions.prefix(3) == [8, 6, 6])
        #expect(converted.warnings.contains("The files of the series lie in several folders: a; b; d."))
        #expect(try CaseConverter.convert(found.cases[1], to: output.path).warnings.isEmpty)
    }

    @Test func `are refused where a part in another folder is damaged, and loose slices count for a folder's series`() throws {
        try write("a", number: 1, description: "x", slices: 6)
        try move(["0004.dcm", "0005.dcm"], from: "a", to: "b")
        try FileManager.default.moveItem(atPath: folder.file("a/0006.dcm"), toPath: folder.file("0006.dcm"))
        let whole = try CaseGrouping.dicomCases(in: folder.path)
        #expect(whole.cases.map(\.name) == ["a"])
        #expect(whole.cases[0].series.sliceCount == 6)
        try Data().write(to: URL(filePath: folder.file("b/0005.dcm")))
        let error = try #require(throws: Problem.self) { try CaseGrouping.dicomCases(in: folder.path).cases[0].regularSeries() }
        #expect(error.description.contains("b/0005.dcm"), "\(error)")
    }

    @Test func `do not include files that are no DICOM`() throws {
        try write("exam", number: 1, description: "x")
        try Data("notes".utf8).write(to: URL(filePath: folder.file("exam/notes.txt")))
        let found = try CaseGrouping.dicomCases(in: folder.path)
        #expect(found.cases.count == 1)
        #expect(found.otherObjects.map(\.path) == [folder.file("exam/notes.txt")])
    }

    @Test func `NIfTI files keep header and voxels, compressed or not`() throws {
        let plain = folder.file("scan.nii")
        let volume = Volume<Int16>(geometry: ImageGeometry(size: SIMD3(5, 4, 3), spacing: SIMD3(0.7, 0.8, 2)), repeating: 7)
        try writeVolume(volume, to: plain)
        let output = try TemporaryFolder()
        let converted = try CaseConverter.convert(imagePaths: [plain], caseName: "scan", to: output.path)
        let summary = try NIfTIHeaderSummary(path: converted.files.channelPaths[0])
        let original = try NIfTIHeaderSummary(path: plain)
        #expect(summary.isCompressed)
        #expect(summary.pixdim == original.pixdim)
        #expect(summary.dimensions == original.dimensions)
    }
}
