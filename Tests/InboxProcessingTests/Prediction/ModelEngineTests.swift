import CasePrediction
import Foundation
import Imaging
import InboxProcessing
import NIfTI
import TOML
import TestSupport
import Testing

/// The engine of a route with a real model, step by step as the driver takes them.
struct `A route's engine` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["converted", "result"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
    }

    private func engine(_ model: String, options: String = "") throws -> any CaseEngine {
        let text = """
            version = 1
            state_directory = "/state"
            threads = 2
            [[routes]]
            name = "a"
            inbox = "/in"
            outbox = "/out"
            mirroring = false
            step_size = 1.0
            \(options)
            [[routes.models]]
            folder = "\(model)"
            """
        let configuration = try ConfigurationReader.parse(text, path: "c.toml")
        return try ModelEngineFactory(configuration, notice: { _ in }).makeEngine(for: configuration.routes[0])
    }

    private func convert(_ path: String, with engine: any CaseEngine) throws -> Conversion {
        try engine.convert(.nifti([path]), name: "case", into: folder.file("converted"), isCancelled: { false })
    }

    /// Converts, predicts and verifies a file; gives the report.
    private func process(_ path: String, with engine: any CaseEngine) throws -> Report {
        let conversion = try convert(path, with: engine)
        let record = CaseRecord(
            files: CaseFiles(name: "case", channelPaths: conversion.channelPaths), warnings: conversion.warnings)
        let unusual = try engine.predict(record, into: folder.file("result"), progress: { _ in }, isCancelled: { false })
        try engine.verify("case", in: folder.file("result"), of: conversion.channelPaths)
        let report = try JSONDecoder().decode(Report.self, from: Data(contentsOf: URL(filePath: folder.file("result/case.json"))))
        #expect(report.warnings == conversion.warnings + unusual)
        // As the route has it.
        #expect(report.models.allSatisfy { $0.step_size == 1 && $0.shortcuts == ["steps", "mirroring"] } && !report.models.isEmpty)
        return report
    }

    private struct Report: Decodable {
        struct Part: Decodable, Equatable {
            let name: String
            let value: Int?
            let values: [Int]?
            let voxels: Int
            let reaches_scan_end: [String]
        }
        struct Result: Decodable {
            let labels: [Part]
            let regions: [Part]?
        }
        struct Model: Decodable {
            let step_size: Double
            let shortcuts: [String]
        }
        let models: [Model]
        let result: Result
        let warnings: [String]
    }

    /// Transforms on which ITK and nibabel go apart.
    private static let headers: [(qform: Int16, rows: [Float])] = [
        (1, PhantomSlices.turned), (1, PhantomSlices.unitScale), (0, PhantomSlices.unitScale),
    ]

    @Test(arguments: NIfTIReaderWriter.allCases, headers.indices)
    func `verifies masks by the rules of the reader that the model names`(reader: NIfTIReaderWriter, index: Int) throws {
        let header = Self.headers[index]
        let path = folder.file("image.nii")
        try PhantomSlices.write(to: path)
        try PhantomSlices.setTransforms(path, qform: header.qform, sform: 2, rows: header.rows)
        let report = try process(path, with: try engine(try ModelCopy.make(at: folder.file("model"), reader: reader.rawValue)))
        #expect(report.warnings.contains { $0.hasPrefix("channel 0: its sform ") }, "\(report.warnings)")
    }

    @Test(arguments: [".nrrd", ".mha", ".gipl"])
    func `takes NIfTI for a model of another medical format, and gives NIfTI`(ending: String) throws {
        let path = folder.file("image.nii")
        try PhantomSlices.write(to: path)
        _ = try process(path, with: try engine(try ModelCopy.make(at: folder.file("model"), dataset: dataset(ending))))
        #expect(try readLabels(path: folder.file("result/case.nii.gz")).labels.geometry.voxelCount > 0)
    }

    @Test(arguments: [("NaturalImage2DIO", ".png"), ("Tiff3DIO", ".tif")])
    func `is not made for a model of pictures`(reader: String, ending: String) throws {
        let model = try ModelCopy.make(at: folder.file("model"), reader: reader, dataset: dataset(ending))
        let error = #expect(throws: ConfigurationProblem.self) { _ = try engine(model) }
        #expect(error?.message.contains("lie nowhere in a patient (\(reader)), and an inbox takes DICOM and NIfTI") == true)
    }

    private func dataset(_ ending: String) -> String {
        """
        {"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1, "kidney": 2, "spine": 3}, "numTraining": 12,
         "file_ending": "\(ending)"}
        """
    }

    @Test func `reports each region as the union that dataset.json defines`() throws {
        let path = folder.file("image.nii")
        try PhantomSlices.write(to: path)
        let engine = try engine(try ModelCopy.make(at: folder.file("model"), dataset: ModelCopy.regions))
        let report = try process(path, with: engine)
        let mask = try readLabels(path: folder.file("result/case.nii.gz")).takeLabels()
        var counts: [Int: Int] = [:]
        for index in 0..<mask.voxels.count { counts[Int(mask.voxels[index]), default: 0] += 1 }
        let regions = try #require(report.result.regions)
        #expect(regions.map(\.name) == ["all", "organs", "kidneys", "spine"])
        #expect(regions.map(\.values) == [[1, 2, 3, 4], [2, 3, 4], [3, 4], [4]])
        for region in regions { #expect(region.voxels == (region.values ?? []).reduce(0) { $0 + counts[$1, default: 0] }) }
        #expect(regions[0].voxels > regions[1].voxels && regions[1].voxels > 0)
        #expect(report.result.labels.map(\.value) == [1, 2, 3, 4])
        #expect(
            report.result.labels.map(\.name) == ["all only", "all + organs", "all + organs + kidneys", "all + organs + kidneys + spine"])
        #expect(report.result.labels.map(\.voxels) == (1...4).map { counts[$0, default: 0] })
        #expect(engine.summary[0].contains("mask values 0 background, 1 all only, 2 all + organs"))
    }

    @Test func `says which labels reach the ends of the scan`() throws {
        let path = folder.file("image.nii")
        try PhantomSlices.write(to: path)
        let report = try process(path, with: try engine(try ModelCopy.make(at: folder.file("model"))))
        let spine = try #require(report.result.labels.first { $0.name == "spine" })
        #expect(spine.reaches_scan_end == ["I", "S"])
        let warning = try #require(report.warnings.first { $0.hasPrefix("labels reach the scan's outermost slices (inferior: ") })
        #expect(warning.contains("spine") && warning.hasSuffix("what lies beyond is in no volume."))
    }

    @Test func `refuses voxels that are no numbers unless the route counts them as 0, which the report says`() throws {
        let path = folder.file("image.nii")
        try PhantomSlices.write(to: path) { ($0[3, 4, 1], $0[5, 6, 2]) = (.nan, -.infinity) }
        let model = try ModelCopy.make(at: folder.file("model"), reader: "NibabelIO")
        let error = #expect(throws: StepFailure.self) { try process(path, with: try engine(model)) }
        guard case .refused(let refusal) = error else {
            Issue.record("expected a refusal, got \(String(describing: error))")
            return
        }
        #expect(refusal.what.hasPrefix("2 voxel(s) are no finite numbers"))
        #expect(refusal.advice.contains(#"nan = "zero""#))
        let report = try process(path, with: try engine(model, options: #"nan = "zero""#))
        #expect(report.warnings.contains { $0.hasPrefix("channel 0: 2 voxels are NaN or infinite and are taken as 0") })
    }

    @Test func `refuses an axis that a mask can't have when it converts`() throws {
        let path = folder.file("image.nii")
        try PhantomSlices.writeNIfTI2(size: [33000, 6, 4], to: path)
        let error = #expect(throws: StepFailure.self) { try convert(path, with: try engine(try ModelCopy.make(at: folder.file("model")))) }
        guard case .refused(let refusal) = error else {
            Issue.record("expected a refusal, got \(String(describing: error))")
            return
        }
        #expect(refusal.what.contains("at most 32767 voxels along an axis, not 33000 × 6 × 4"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("converted")).isEmpty)
    }
}
