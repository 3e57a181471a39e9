import CasePrediction
import Files
import Foundation
import ImageFiles
import NIfTI
import Reporting
import SystemPackage
import Tensors
import TestSupport
import Testing
import TrainedModels

/// What is written for a case is one list; a file that is not shipped takes its place in it like the others.
struct `The result set of a case` {
    /// Tells how many voxels have a label and which files were written before.
    private struct Tally: ResultFile {
        var step: CaseStep { .report }
        var ending: String { "_tally.txt" }
        var isOptional = false

        func write(_ outcome: borrowing CaseOutcome, _ record: inout CaseRecord, to path: String) throws(Problem) {
            let steps = record.timings.map(\.step).joined(separator: " ")
            try AtomicFile.write(Array("\(outcome.name): \(outcome.labels.geometry.voxelCount) voxels after \(steps)".utf8), to: path)
        }

        func verify(_ path: String, of caseName: String, onGridOf input: ImageSource) throws(Problem) {
            let text = try FileSystem.readText(FilePath(path), limit: 1 << 10)
            guard text.hasPrefix("\(caseName): \(input.geometry.voxelCount) voxels") else {
                throw .verificationFailed(path: path, reason: "it is another case's")
            }
        }
    }

    private let folder: TemporaryFolder
    private let predictor: CasePredictor
    private let files: CaseFiles

    init() throws {
        folder = try TemporaryFolder()
        let model = try CaseModel.open(path: PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d"))
        var options = PredictionOptions()
        options.useMirroring = false
        predictor = try CasePredictor(models: [model], pool: ModelPool(memoryBudget: 1 << 30, team: ThreadTeam()), options: options)
        files = CaseFiles(name: "case", channelPaths: [folder.file("case_0000.nii.gz")])
        try PhantomSlices.write(to: files.channelPaths[0])
    }

    private func write(_ results: ResultSet, by predictor: CasePredictor? = nil) throws -> CaseRecord {
        var record = CaseRecord(files: files, warnings: ["came late"])
        let outcome = try (predictor ?? self.predictor).predict(files)
        try results.write(outcome, &record, into: folder.path)
        return record
    }

    private var grid: ImageSource { get throws { try readGrid(path: files.channelPaths[0], as: predictor.readerWriter) } }

    @Test func `takes a file of another kind`() throws {
        let results = ResultSet([MaskFile(readerWriter: predictor.readerWriter), Tally()])
        let record = try write(results)
        #expect(record.timings.map(\.step).suffix(2) == ["write", "report"])
        #expect(try String(contentsOfFile: folder.file("\(files.name)_tally.txt"), encoding: .utf8).hasSuffix("export write"))
        try results.verify(files.name, in: folder.path, onGridOf: grid)
        #expect(throws: Problem.self) { try results.verify("other", in: folder.path, onGridOf: grid) }
    }

    @Test func `counts the files of one step as one`() throws {
        let results = ResultSet.nnUNet(as: predictor.readerWriter, ending: ".nii.gz", probabilities: true)
        #expect(throws: Problem.self, "probabilities that were not kept") { try write(results) }
        var options = predictor.options
        options.keepsProbabilities = true
        let keeping = try CasePredictor(models: predictor.models, pool: predictor.pool, options: options)
        #expect(try write(results, by: keeping).timings.map(\.step).suffix(2) == ["export", "write"])
        try results.verify(files.name, in: folder.path, onGridOf: grid)
    }

    @Test func `is not there while a file of it is missing or damaged`() throws {
        let results = ResultSet.published(by: predictor, known: KnownCheckpoints())
        _ = try write(results)
        try results.verify(files.name, in: folder.path, onGridOf: grid)
        for file in results.files {
            let path = folder.file(file.name(of: files.name))
            let whole = try Data(contentsOf: URL(filePath: path))
            try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
            #expect(throws: Problem.self, "half of \(path)") { try results.verify(files.name, in: folder.path, onGridOf: grid) }
            try FileManager.default.removeItem(atPath: path)
            let without = Result { try results.verify(files.name, in: folder.path, onGridOf: grid) }
            #expect(file.isOptional == ((try? without.get()) != nil), "without \(path)")
            try whole.write(to: URL(filePath: path))
        }
    }

    @Test func `keeps a warning once, and goes on without a picture that can't be drawn`() throws {
        let results = ResultSet.published(by: predictor, known: KnownCheckpoints())
        let record = try write(results)
        #expect(record.warnings.count(where: { $0 == "came late" }) == 1)
        #expect(record.timings.map(\.step).suffix(3) == ["write", "overlay", "report"])
        let report = try CaseReport(json: Array(Data(contentsOf: URL(filePath: folder.file("\(files.name).json")))))
        #expect(report.warnings.contains("came late"))
        #expect(report.timings.map(\.step).suffix(2) == ["write", "overlay"])
    }
}
