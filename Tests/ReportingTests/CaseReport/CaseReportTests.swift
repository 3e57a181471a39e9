import Files
import Foundation
import Imaging
import Reporting
import TestSupport
import Testing

@Suite struct CaseReportTests {
    private static func report() -> CaseReport {
        var map = LabelMap(
            geometry: ImageGeometry(size: SIMD3(4, 3, 2), spacing: SIMD3(1, 2, 2.5), origin: SIMD3(-1, 0.5, 3)), repeating: 0)
        map[0, 0, 0] = 1
        map[1, 0, 0] = 1
        var report = CaseReport(
            on: .init(name: "case_1", route: "liver"), software: .init(name: "nnunetd", version: "0.1.0"),
            finishedAt: Date(timeIntervalSince1970: 1_700_000_000),
            input: .init(format: "dicom", fileCount: 40, channelCount: 1, modality: "CT", seriesNumber: 3),
            geometry: .init(map.geometry),
            models: [
                .init(
                    folder: "nnUNetTrainer__nnUNetPlans__3d_fullres", dataset: "Dataset001_X", trainer: "nnUNetTrainer",
                    plans: "nnUNetPlans", configuration: "3d_fullres",
                    folds: [.init(name: "0", checkpoint: "checkpoint_final.pth", checkpointSHA256: String(repeating: "ab", count: 32))],
                    mirroringAxes: [0, 1, 2], plansSHA256: String(repeating: "cd", count: 32),
                    datasetSHA256: String(repeating: "ef", count: 32))
            ],
            postprocessing: .init(file: "postprocessing.json", steps: ["keep the largest component of label 1"]),
            result: .init(LabelSurvey(map), names: [1: "liver", 2: "tumour"], geometry: map.geometry, ends: ScanEnds(map)),
            timings: [.init(step: "read", seconds: 0.25), .init(step: "predict", seconds: 12.5)], warnings: ["a warning"])
        (report.models[0].stepSize, report.models[0].shortcuts) = (0.75, ["steps"])
        return report
    }

    @Test func `the keys are stable, sorted, and name their units`() throws {
        let text = String(decoding: try Self.report().json(), as: UTF8.self)
        let compact = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined()
            .replacing(" : ", with: ":").replacing(": ", with: ":")
        let expected =
            #"{"case":"case_1","finished_at":"2023-11-14T22:13:20Z","format_version":1,"#
            + #""geometry":{"direction":[[1,0,0],[0,1,0],[0,0,1]],"frame":"LPS","orientation":"LPS","origin_mm":[-1,0.5,3],"#
            + #""size_voxels":[4,3,2],"spacing_mm":[1,2,2.5]},"#
            + #""input":{"channel_count":1,"file_count":40,"format":"dicom","modality":"CT","series_number":3},"#
            + #""models":[{"configuration":"3d_fullres","dataset":"Dataset001_X","dataset_sha256":""# + String(repeating: "ef", count: 32)
            + #"","folder":"nnUNetTrainer__nnUNetPlans__3d_fullres","#
            + #""folds":[{"checkpoint":"checkpoint_final.pth","checkpoint_sha256":""# + String(repeating: "ab", count: 32)
            + #"","name":"0"}],"mirroring_axes":[0,1,2],"plans":"nnUNetPlans","plans_sha256":""#
            + String(repeating: "cd", count: 32) + #"","shortcuts":["steps"],"step_size":0.75,"trainer":"nnUNetTrainer"}],"#
            + #""postprocessing":{"file":"postprocessing.json","steps":["keep the largest component of label 1"]},"#
            + #""result":{"is_empty":false,"labels":[{"millilitres":0.01,"name":"liver","reaches_scan_end":[],"value":1,"voxels":2},"#
            + #"{"millilitres":0,"name":"tumour","reaches_scan_end":[],"value":2,"voxels":0}]},"route":"liver","#
            + #""software":{"name":"nnunetd","version":"0.1.0"},"#
            + #""timings":[{"seconds":0.25,"step":"read"},{"seconds":12.5,"step":"predict"}],"warnings":["a warning"]}"#
        #expect(compact == expected)
        #expect(text.hasSuffix("}\n"))
    }

    @Test func `a report is read back as it was written`() throws {
        let folder = try TemporaryFolder()
        let report = Self.report()
        try report.write(to: folder.file("case_1.json"))
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder.file("case_1.json"))))
        #expect(try CaseReport(json: bytes) == report)
        #expect(try report.json() == bytes)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["case_1.json"])
    }

    @Test func `what is not known is left out`() throws {
        var report = Self.report()
        report.route = nil
        report.postprocessing = nil
        report.input.seriesNumber = nil
        let text = String(decoding: try report.json(), as: UTF8.self)
        #expect(!text.contains("route") && !text.contains("postprocessing") && !text.contains("series_number"))
        #expect(try CaseReport(json: Array(text.utf8)) == report)
    }

    @Test func `labels that were not found are listed with no voxels, unknown values by number`() {
        var map = LabelMap(geometry: ImageGeometry(size: SIMD3(4, 4, 4)), repeating: 0)
        map[0, 0, 0] = 9
        let result = CaseReport.Result(
            LabelSurvey(map), names: [0: "background", 2: "b", 1: "a"], geometry: map.geometry, ends: ScanEnds(map))
        #expect(result.labels.map(\.value) == [1, 2, 9])
        #expect(result.labels.map(\.name) == ["a", "b", "label 9"])
        #expect(result.labels.map(\.voxelCount) == [0, 0, 1])
        #expect(!result.isEmpty)
        #expect(result.labels.map(\.reachedEnds) == [[], [], [.inferior]])
        #expect(result.regions == nil)
        let empty = LabelMap(geometry: map.geometry, repeating: 0)
        #expect(CaseReport.Result(LabelSurvey(empty), names: [1: "a"], geometry: map.geometry, ends: ScanEnds(empty)).isEmpty)
    }

    @Test func `a region has the voxels of all its values`() throws {
        var map = LabelMap(geometry: ImageGeometry(size: SIMD3(4, 4, 4), spacing: SIMD3(10, 10, 10)), repeating: 0)
        for x in 0..<4 { map[x, 1, 1] = 1 }
        map[2, 2, 3] = 2
        let result = CaseReport.Result(
            LabelSurvey(map), names: [0: "background", 1: "head only", 2: "head + bright"],
            regions: [.init(name: "head", values: [1, 2]), .init(name: "bright", values: [2]), .init(name: "none", values: [3])],
            geometry: map.geometry, ends: ScanEnds(map))
        #expect(result.regions?.map(\.name) == ["head", "bright", "none"])
        #expect(result.regions?.map(\.voxelCount) == [5, 1, 0])
        #expect(result.regions?.map(\.millilitres) == [5, 1, 0])
        #expect(result.regions?.map(\.reachedEnds) == [[.superior], [.superior], []])
        #expect(result.labels.map(\.name) == ["head only", "head + bright"])
        #expect(result.labels.map(\.millilitres) == [4, 1])
    }

    @Test func `a planar image has voxels but no volume`() throws {
        var map = LabelMap(geometry: ImageGeometry(size: SIMD3(4, 4, 1), dimension: 2), repeating: 0)
        map[0, 0, 0] = 1
        let result = CaseReport.Result(LabelSurvey(map), names: [1: "a"], geometry: map.geometry, ends: ScanEnds(map))
        #expect(result.labels.map(\.millilitres) == [nil])
        #expect(result.labels.map(\.reachedEnds) == [[]])
    }

    @Test func `a number that JSON can't hold is named by its key`() throws {
        var report = Self.report()
        report.timings[1] = StepTiming(step: report.timings[1].step, seconds: .nan)
        let error = try #require(throws: Problem.self) { try report.json() }
        #expect(error.description.contains("seconds"))
    }

    @Test func `a missing key is named`() throws {
        let error = try #require(throws: Problem.self) { try CaseReport(json: Array(#"{"software":{"name":"x"}}"#.utf8)) }
        #expect(error.description.contains("missing"))
    }
}
