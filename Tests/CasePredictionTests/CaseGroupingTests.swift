import CasePrediction
import Files
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

    private func found(channels: Int = 1) throws(Problem) -> FoundCases {
        try CaseGrouping.nnUNetCases(in: folder.path, fileEnding: ".nii.gz", channelCount: channels)
    }

    private func cases(channels: Int = 1) throws(Problem) -> [CaseFiles] {
        let found = try found(channels: channels)
        #expect(found.refused.isEmpty)
        return found.cases
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

    @Test func `passes over other endings and folders, and names those that look like images or cases`() throws {
        try make("c_0000.nii.gz", "plans.json", "c_0000.NII.GZ", ".c_0001.nii", "c_0000.nii", "d.mha")
        try FileManager.default.createDirectory(atPath: folder.file("d_0000.nii.gz"), withIntermediateDirectories: true)
        #expect(try cases().map(\.name) == ["c"])
        let named = ["c_0000.NII.GZ", "c_0000.nii", "d.mha", "d_0000.nii.gz"]
        #expect(try found().passedOver.map(\.path) == named.map(folder.file))
    }

    @Test func `refuses a case with a missing or a foreign channel and takes the others`() throws {
        try make("a_0000.nii.gz", "b_0000.nii.gz", "b_0001.nii.gz", "b_0002.nii.gz", "c_0000.nii.gz", "c_0001.nii.gz")
        let found = try found(channels: 2)
        #expect(found.cases.map(\.name) == ["c"])
        #expect(found.refused.map(\.name) == ["a", "b"])
        #expect(found.refused[0].error.description.contains("a_0001.nii.gz is missing"))
        #expect(found.refused[1].error.description.contains("b_0002.nii.gz is a channel the model does not have"))
    }

    @Test func `refuses channels that do not start at 0000`() throws {
        try make("a_0001.nii.gz")
        let refused = try #require(try found().refused.first)
        #expect(refused.error.description.contains("a_0000.nii.gz is missing"))
    }

    @Test func `refuses a file without a channel number and takes the other cases`() throws {
        try make("a.nii.gz", "b_0000.nii.gz")
        let found = try found()
        #expect(found.cases.map(\.name) == ["b"])
        #expect(found.refused.map(\.name) == ["a"])
        #expect(found.refused[0].error.description.contains("a.nii.gz has no channel number"))
    }

    @Test func `says that a folder is not there`() {
        let error = #expect(throws: Problem.self) {
            try CaseGrouping.nnUNetCases(in: folder.file("none"), fileEnding: ".nii.gz", channelCount: 1)
        }
        guard let problem = error as Problem?, problem.kind == .missing else {
            Issue.record("expected .missing, got \(String(describing: error))")
            return
        }
    }

    @Test func `takes plain NIfTI files as channel 0 for conversion`() throws {
        try make("a.nii", "b.nii.gz", "c_0000.nii.gz", "c_0001.nii.gz")
        let found = try CaseGrouping.medicalCases(in: folder.path)
        #expect(found.cases.map(\.name) == ["a", "b", "c"])
        #expect(found.cases.map(\.channelPaths.count) == [1, 1, 2])
    }

    @Test func `refuses two files for one channel and a gap, and takes the others for conversion`() throws {
        try make("a.nii", "a_0000.nii.gz", "b.nii", "c_0000.nii", "c_0002.nii")
        let found = try CaseGrouping.medicalCases(in: folder.path)
        #expect(found.cases.map(\.name) == ["b"])
        #expect(found.refused.map(\.name) == ["a", "c"])
        #expect(found.refused[0].error.description.contains("both channel 0 of a"))
        #expect(found.refused[1].error.description.contains("c_0001.nii.gz is missing"))
    }
}
