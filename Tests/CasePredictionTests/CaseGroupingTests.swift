import CasePrediction
import Foundation
import TestSupport
import Testing

struct `Grouping files in nnU-Net naming` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func make(_ names: String...) throws {
        for name in names { try Data().write(to: URL(filePath: folder.file(name))) }
    }

    private func cases(channels: Int = 1) throws(CasePredictionError) -> [CaseFiles] {
        try CaseGrouping.nnUNetCases(in: folder.path, fileEnding: ".nii.gz", channelCount: channels)
    }

    @Test func `sorts cases by code point`() throws {
        try make("case_2_0000.nii.gz", "case_10_0000.nii.gz", "case_1_0000.nii.gz", "Case_9_0000.nii.gz", "é_0000.nii.gz", "z_0000.nii.gz")
        #expect(try cases().map(\.name) == ["Case_9", "case_1", "case_10", "case_2", "z", "é"])
    }

    @Test func `keeps names with spaces, dots and regular-expression characters`() throws {
        let names = ["a b", "a.b", "a+b", "a[b]", "a(b)*", "a_0000"]
        for name in names { try make(name + "_0000.nii.gz") }
        #expect(try Set(cases().map(\.name)) == Set(names))
    }

    @Test func `puts channels in order`() throws {
        try make("c_0002.nii.gz", "c_0000.nii.gz", "c_0001.nii.gz")
        let found = try cases(channels: 3)
        #expect(found.map(\.channelPaths) == [["c_0000.nii.gz", "c_0001.nii.gz", "c_0002.nii.gz"].map(folder.file)])
    }

    @Test func `passes over other endings, hidden files and folders`() throws {
        try make("c_0000.nii.gz", "plans.json", "c_0000.NII.GZ", ".c_0000.nii.gz", "c_0000.nii")
        try FileManager.default.createDirectory(atPath: folder.file("d_0000.nii.gz"), withIntermediateDirectories: true)
        #expect(try cases().map(\.name) == ["c"])
    }

    @Test func `names every missing and every foreign channel`() throws {
        try make("a_0000.nii.gz", "b_0000.nii.gz", "b_0001.nii.gz", "b_0002.nii.gz")
        let error = #expect(throws: CasePredictionError.self) { try cases(channels: 2) }
        let text = try #require(error).description
        #expect(text.contains("a_0001.nii.gz is missing"))
        #expect(text.contains("b_0002.nii.gz is a channel the model does not have"))
    }

    @Test func `refuses channels that do not start at 0000`() throws {
        try make("a_0001.nii.gz")
        let error = #expect(throws: CasePredictionError.self) { try cases() }
        #expect(try #require(error).description.contains("a_0000.nii.gz is missing"))
    }

    @Test func `names a file without a channel number`() throws {
        try make("a.nii.gz", "b_0000.nii.gz")
        let error = #expect(throws: CasePredictionError.self) { try cases() }
        #expect(try #require(error).description.contains("a.nii.gz has no channel number"))
    }

    @Test func `says that a folder is not there`() {
        let error = #expect(throws: CasePredictionError.self) {
            try CaseGrouping.nnUNetCases(in: folder.file("none"), fileEnding: ".nii.gz", channelCount: 1)
        }
        guard case .missing = error else {
            Issue.record("expected .missing, got \(String(describing: error))")
            return
        }
    }

    @Test func `takes plain NIfTI files as channel 0 for conversion`() throws {
        try make("a.nii", "b.nii.gz", "c_0000.nii.gz", "c_0001.nii.gz")
        let found = try CaseGrouping.niftiCases(in: folder.path)
        #expect(found.map(\.name) == ["a", "b", "c"])
        #expect(found.map(\.channelPaths.count) == [1, 1, 2])
    }

    @Test func `refuses two files for one channel`() throws {
        try make("a.nii", "a_0000.nii.gz")
        let error = #expect(throws: CasePredictionError.self) { try CaseGrouping.niftiCases(in: folder.path) }
        #expect(try #require(error).description.contains("both channel 0 of a"))
    }
}
