import CasePrediction
import Files
import Foundation
import Imaging
import NIfTI
import Segmentation
import Tensors
import TestSupport
import Testing

/// Several models in one predictor: what differs is put into the first one's order, or refused with both named.
struct `Models of one ensemble` {
    private let folder: TemporaryFolder
    private var changed: String { folder.file("changed") }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func predictor(_ paths: String...) throws -> CasePredictor {
        var options = PredictionOptions()
        options.useMirroring = false
        options.keepsProbabilities = true
        return try CasePredictor(
            models: try paths.map { try CaseModel.open(path: $0) }, pool: ModelPool(memoryBudget: 1 << 30, team: ThreadTeam()),
            options: options)
    }

    private func makeCase() throws -> CaseFiles {
        let path = folder.file("case_0000.nii.gz")
        try writeVolume(phantomSlices(), to: path)
        return CaseFiles(name: "case", channelPaths: [path])
    }

    private func probabilities(_ predictor: CasePredictor, _ files: CaseFiles) throws -> [Float] {
        let outcome = try predictor.predict(files)
        let map = outcome.probabilities
        let values = try #require(map)
        return (0..<values.values.count).map { values.values.buffer[$0] }
    }

    private func expectRefusal(replacing changes: [String: String], _ words: [String]) throws {
        try PhantomModel.copy(to: changed, replacing: changes)
        let error = #expect(throws: Problem.self) { try predictor(PhantomModel.slices, changed).fileEnding }
        guard let problem = error as Problem?, problem.subject == .model else {
            Issue.record("expected .badModel, got \(String(describing: error))")
            return
        }
        for word in words + [changed, PhantomModel.slices] {
            #expect(try #require(error).description.contains(word), "\(String(describing: error)) lacks \(word)")
        }
    }

    @Test func `that number their labels differently are averaged by the labels' names, and it is said`() throws {
        try PhantomModel.copy(to: changed, replacing: ["\"liver\": 1": "\"kidney\": 1", "\"kidney\": 2": "\"liver\": 2"])
        let files = try makeCase()
        let first = try probabilities(predictor(PhantomModel.slices), files)
        let predictor = try predictor(PhantomModel.slices, changed)
        let voxels = first.count / 4
        // The second model's channel 2 is called liver, which is the first one's channel 1.
        var expected: [Float] = []
        for (channel, other) in [0, 2, 1, 3].enumerated() {
            for voxel in 0..<voxels {
                let sum: Float = first[channel * voxels + voxel] + first[other * voxels + voxel]
                expected.append(sum / 2)
            }
        }
        let outcome = try predictor.predict(files)
        let map = outcome.probabilities
        let values = try #require(map)
        let found = (0..<values.values.count).map { values.values.buffer[$0] }
        #expect(found == expected)
        #expect(predictor.modelWarnings.contains { $0.contains("numbers its labels otherwise") && $0.contains(changed) })
    }

    @Test func `whose regions have another order are averaged region by region`() throws {
        let regions = #"""
            {"channel_names": {"0": "CT"}, "file_ending": ".nii.gz", "regions_class_order": [4, 3, 2, 1],
             "labels": {"background": 0, "spine": [4], "kidneys": [4, 3], "organs": [2, 3, 4], "all": [1, 2, 3, 4]}}
            """#
        let model = try ModelCopy.make(at: folder.file("model"), dataset: ModelCopy.regions)
        let other = try ModelCopy.make(at: folder.file("other"), dataset: regions)
        let files = try makeCase()
        let first = try probabilities(predictor(model), files)
        let ensemble = try predictor(model, other)
        let voxels = first.count / 4
        var expected: [Float] = []
        for channel in 0..<4 {
            for voxel in 0..<voxels {
                let sum: Float = first[channel * voxels + voxel] + first[(3 - channel) * voxels + voxel]
                expected.append(sum / 2)
            }
        }
        #expect(try probabilities(ensemble, files) == expected)
        #expect(ensemble.modelWarnings.isEmpty)
    }

    @Test func `whose readers turn the axes differently are averaged voxel by voxel`() throws {
        try PhantomModel.copy(to: changed, replacing: ["\"SimpleITKIO\"": "\"NibabelIOWithReorient\""])
        let files = try makeCase()
        let first = try probabilities(predictor(PhantomModel.slices), files)
        let turned = try probabilities(predictor(changed), files)
        let found = try probabilities(predictor(PhantomModel.slices, changed), files)
        // Left and posterior, as the file has it, against right and anterior.
        let (width, height) = (180, 140)
        var worst: Float = 0
        for row in 0..<found.count / width {
            let slice: Int = row / height * height
            let other: Int = slice + height - 1 - (row - slice)
            for x in 0..<width {
                let sum: Float = first[row * width + x] + turned[(other + 1) * width - 1 - x]
                worst = max(worst, abs(found[row * width + x] - sum / 2))
            }
        }
        #expect(worst < 1e-6)
    }

    @Test func `with other labels are refused`() throws {
        try expectRefusal(replacing: ["\"kidney\"": "\"kidneys\""], ["labels", "2 kidneys", "2 kidney,"])
    }

    @Test func `of which one has regions are refused`() throws {
        try expectRefusal(
            replacing: [
                "\"liver\": 1": "\"abdomen\": [1, 2]", "\"kidney\": 2": "\"kidney\": [2]",
                "\"spine\": 3": "\"spine\": [3], \"all\": [1, 2, 3]",
                "\"numTraining\"": "\"regions_class_order\": [1, 2, 3, 4], \"numTraining\"",
            ], ["labels and regions", "abdomen [1, 2]", "1 liver"])
    }

    @Test func `with other channels are refused`() throws {
        try expectRefusal(replacing: ["\"0\": \"CT\"": "\"0\": \"T1\""], ["channels", "0 T1", "0 CT"])
    }

    @Test func `with another file ending are refused`() throws {
        try expectRefusal(replacing: ["\".nii.gz\"": "\".nii\""], ["file endings", ".nii)"])
    }

    @Test func `whose channel names differ in case alone belong together`() throws {
        try PhantomModel.copy(to: changed, replacing: ["\"0\": \"CT\"": "\"0\": \" ct\""])
        #expect(try predictor(PhantomModel.slices, changed).modelWarnings.isEmpty)
    }
}
