import CasePrediction
import Files
import Foundation
import Imaging
import NIfTI
import Phantom
import Plans
import PythonFormats
import Tensors
import TestSupport
import Testing

/// The bundled 2D model without mirroring on a small cut-out, so that each test takes a moment.
struct `Predicting a case` {
    private static let model = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d")
    private static let volumeModel = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__3d_fullres")
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func predictor(
        _ paths: String..., keepsProbabilities: Bool = false, recipe: PostprocessingRecipe? = nil, memoryBudget: Int = 1 << 30
    ) throws -> CasePredictor {
        var options = PredictionOptions()
        options.useMirroring = false
        options.keepsProbabilities = keepsProbabilities
        return try CasePredictor(
            models: try paths.map { try CaseModel.open(path: $0) }, pool: ModelPool(memoryBudget: memoryBudget, team: ThreadTeam()),
            options: options, postprocessing: recipe)
    }

    /// Four slices through the middle of a phantom.
    private func slices(_ change: (inout Volume<Float>) -> Void = { _ in }) throws -> CaseFiles {
        let phantom = CTPhantom(seed: 3)
        let (full, first) = (phantom.image.geometry, phantom.image.geometry.size.z / 2)
        let size = SIMD3(full.size.x, full.size.y, 4)
        var cut = Volume<Float>(
            geometry: ImageGeometry(
                size: size, spacing: full.spacing, origin: full.physicalPoint(of: SIMD3(0, 0, Double(first))), direction: full.direction),
            repeating: 0)
        for z in 0..<4 { for y in 0..<size.y { for x in 0..<size.x { cut[x, y, z] = Float(phantom.image[x, y, first + z]) } } }
        change(&cut)
        let path = folder.file("case_0000.nii.gz")
        try writeVolume(cut, to: path)
        return CaseFiles(name: "case", channelPaths: [path])
    }

    @Test func `gives labels on the input's grid, and times every step`() throws {
        let files = try slices()
        let outcome = try predictor(Self.model).predict(files)
        #expect(outcome.labels.geometry.size == SIMD3(180, 140, 4))
        #expect(outcome.source.geometry == outcome.labels.geometry)
        #expect(outcome.timings.map(\.step) == ["read", "load", "preprocess", "predict", "export"])
        #expect(outcome.timings.allSatisfy { $0.seconds >= 0 })
        var found: Set<UInt16> = []
        for index in 0..<outcome.labels.voxels.count { found.insert(outcome.labels.voxels[index]) }
        #expect(found.isSuperset(of: [0, 1, 3]))
    }

    @Test func `is refused with the figures where it needs more memory than there is`() throws {
        let files = try slices()
        let model = try CaseModel.open(path: Self.model)
        let pool = ModelPool(memoryBudget: 1 << 30, team: ThreadTeam())
        var options = PredictionOptions()
        options.useMirroring = false
        options.memoryLimit = 1 << 20
        let error = #expect(throws: Problem.self) {
            _ = try CasePredictor(models: [model], pool: pool, options: options).predict(files)
        }
        #expect(error?.path == files.channelPaths[0])
        let text = try #require(error?.finding)
        #expect(
            try text.contains(Regex("predicting it takes [0-9]+ MiB of memory \\(image 1 MiB, network input [0-9]+ MiB, logits [0-9]+ MiB"))
        )
        #expect(text.contains("more than the 1 MiB there are"))
        #expect(pool.count == 0)
    }

    @Test func `reports tiles as they are done`() throws {
        let files = try slices()
        var seen: [CaseProgress] = []
        _ = try predictor(Self.model).predict(files, progress: { seen.append($0) })
        let tiles = seen.filter { $0.total > 0 }
        #expect(tiles.last?.completed == tiles.last?.total)
        #expect(tiles.map(\.completed) == Array(1...tiles.count))
        #expect(seen.allSatisfy { $0.modelCount == 1 && $0.model == 0 })
    }

    @Test func `averages models that fit into memory together as it does those that must take turns`() throws {
        let files = try slices()
        let outcomes = try [1 << 30, 0].map { budget in
            let predictor = try predictor(Self.model, Self.volumeModel, keepsProbabilities: true, memoryBudget: budget)
            var seen: Set<Int> = []
            let outcome = try predictor.predict(files, progress: { seen.insert($0.model) })
            #expect(seen == [0, 1])
            #expect(predictor.pool.count == (budget > 0 ? 2 : 1))
            return (outcome.labels.voxels.values, outcome.probabilities?.values.values)
        }
        #expect(outcomes[0].0 == outcomes[1].0 && Set(outcomes[0].0).count > 1)
        #expect(outcomes[0].1 == outcomes[1].1 && outcomes[0].1 != nil)
    }

    @Test func `is prepared once for models that want the same of it`() throws {
        let files = try slices()
        let alone = try predictor(Self.model).predict(files).labels.voxels.values
        for budget in [1 << 30, 0] {
            var steps: [CaseStep] = []
            let predictor = try predictor(Self.model, Self.model, memoryBudget: budget)
            let labels = try predictor.predict(files, progress: { if $0.total == 0 { steps.append($0.step) } }).labels.voxels.values
            #expect(labels == alone)
            #expect(steps.filter { $0 == .preprocess }.count == 1 && steps.filter { $0 == .read }.count == 1)
        }
    }

    @Test func `ends at once when asked to stop`() throws {
        let files = try slices()
        var calls = 0
        let error = #expect(throws: Problem.self) {
            try predictor(Self.model).predict(
                files, progress: { if $0.total > 0 { calls += 1 } }, isCancelled: { calls >= 2 }
            ).name
        }
        #expect(error == .cancelled)
        #expect(calls == 2)
    }

    @Test func `refuses voxels that are no numbers and counts them`() throws {
        let files = try slices { volume in
            volume[3, 4, 1] = .nan
            volume[5, 6, 2] = .infinity
        }
        let error = #expect(throws: Problem.self) { try predictor(Self.model).predict(files).name }
        guard let problem = error as Problem?, problem.subject == .input else {
            Issue.record("expected .badInput, got \(String(describing: error))")
            return
        }
        let path = problem.path
        let finding = problem.finding
        #expect(path == files.channelPaths[0])
        #expect(finding.hasPrefix("2 voxel"))
    }

    @Test func `counts voxels that are no numbers as 0 when told to, and says so`() throws {
        let zeroed = try predictor(Self.model).predict(try slices { ($0[3, 4, 1], $0[5, 6, 2]) = (0, 0) })
        var options = PredictionOptions()
        (options.useMirroring, options.nonFiniteVoxels) = (false, .zero)
        let predictor = try CasePredictor(
            models: [try CaseModel.open(path: Self.model)], pool: ModelPool(memoryBudget: 1 << 30, team: ThreadTeam()), options: options)
        let outcome = try predictor.predict(try slices { ($0[3, 4, 1], $0[5, 6, 2]) = (.nan, .infinity) })
        #expect(labelAgreement(zeroed.labels, outcome.labels) == 1)
        #expect(outcome.warnings.contains("channel 0: 2 voxels are NaN or infinite and are taken as 0; check the image."))
    }

    @Test(
        arguments: [
            (0, nil, "channel 0: the image is empty, every voxel is 0; check that it is the right one."),
            (37, nil, "channel 0: the image is constant, every voxel is 37; check that it is the right one."),
            (-1000, 500, "channel 0: all but 1 of 100800 voxels are -1000; check that it is the right image."),
        ] as [(Float, Float?, String)]) func `warns of an image that is empty, constant or nearly so`(
            value: Float, bright: Float?, warning: String
        ) throws
    {
        let files = try slices { volume in
            for index in 0..<volume.voxels.count { volume.voxels[index] = value }
            if let bright { volume[90, 70, 2] = bright }
        }
        #expect(try predictor(Self.model).predict(files).warnings.contains(warning))
    }

    @Test func `says nothing about the content of an image as one expects it`() throws {
        #expect(try predictor(Self.model).predict(try slices()).warnings.allSatisfy { $0.hasPrefix("labels reach") })
    }

    @Test func `refuses an axis that a mask can't have before anything is computed`() throws {
        let path = folder.file("long_0000.nii")
        try PhantomSlices.writeNIfTI2(size: [33000, 2, 3], to: path)
        var steps = 0
        let error = #expect(throws: Problem.self) {
            try predictor(Self.model).predict(CaseFiles(name: "long", channelPaths: [path]), progress: { _ in steps += 1 }).name
        }
        #expect(error?.description.contains("at most 32767 voxels along an axis, not 33000 × 2 × 3") == true)
        #expect(steps == 0)
    }

    @Test func `refuses another number of channels than the model has`() throws {
        let files = try slices()
        let two = CaseFiles(name: "case", channelPaths: files.channelPaths + files.channelPaths)
        let error = #expect(throws: Problem.self) { try predictor(Self.model).predict(two).name }
        #expect(try #require(error).description.contains("the case has 2 channel file(s); the model takes 1: CT"))
    }

    @Test func `keeps probabilities that add up to one, in a file that reads back`() throws {
        let files = try slices()
        let outcome = try predictor(Self.model, keepsProbabilities: true).predict(files)
        let path = folder.file("case.npz")
        try outcome.writeProbabilities(to: path)
        let array = try readNPZ(path: path)
        #expect(array.shape == [4, 4, 140, 180])
        let volume = 4 * 140 * 180
        var worst: Float = 0
        for voxel in 0..<volume {
            let sum = (0..<4).reduce(Float(0)) { $0 + array.values[$1 * volume + voxel] }
            worst = max(worst, abs(sum - 1))
        }
        #expect(worst < 1e-5)
    }

    @Test func `averages several models and says which one runs`() throws {
        let files = try slices()
        var models: Set<Int> = []
        let outcome = try predictor(Self.model, Self.volumeModel).predict(files, progress: { models.insert($0.model) })
        #expect(models == [0, 1])
        #expect(outcome.name == "case")
    }

    @Test func `applies the postprocessing last`() throws {
        let files = try slices()
        let recipe = PostprocessingRecipe(steps: [.init(labels: [2])])
        let plain = try predictor(Self.model).predict(files)
        let cleaned = try predictor(Self.model, recipe: recipe).predict(files)
        #expect(cleaned.timings.last?.step == "postprocess")
        // Two kidneys are two components: the smaller one goes, everything else stays.
        var (lost, changed) = (0, 0)
        for index in 0..<plain.labels.voxels.count where plain.labels.voxels[index] != cleaned.labels.voxels[index] {
            if plain.labels.voxels[index] == 2, cleaned.labels.voxels[index] == 0 { lost += 1 } else { changed += 1 }
        }
        #expect(lost > 0)
        #expect(changed == 0)
    }

    @Test func `says what to do where a model folder is not there`() {
        let error = #expect(throws: Problem.self) { try CaseModel.open(path: folder.file("none")) }
        guard let problem = error as Problem?, problem.subject == .model else {
            Issue.record("expected .badModel, got \(String(describing: error))")
            return
        }
        let path = problem.path
        let advice = problem.advice
        #expect(path?.hasPrefix(folder.file("none")) == true)
        #expect(!advice.isEmpty)
    }
}
