import Imaging
import NIfTI
import CPUEngine
import Plans
import PythonFormats
import Segmentation
import Tensors
import Testing
import TestSupport
import TrainedModels

/// Every prediction of nnU-Net 2.8.1 that comes with the reference, repeated.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"), .serialized)
struct ParityTests {
    @Test(arguments: ReferenceRun.all.filter { $0.hasPreprocessed })
    func `the prepared case equals nnU-Net's`(run: ReferenceRun) throws {
        let caseName = run.cases[0]
        var geometry: ImageGeometry?
        let prepared = try run.prepare(caseName, try run.openModel(), geometry: &geometry)
        let expected = try run.step("preprocessed", caseName)
        try #require(prepared.data.shape == expected.shape)
        let differences = zip(prepared.data.values, expected.values.values).map { abs(Double($0) - Double($1)) }
        let (largest, mean) = (differences.max() ?? 0, differences.reduce(0, +) / Double(differences.count))
        print("PARITY \(run.name) \(caseName) prepared: largest \(largest), mean \(mean)")
        #expect(expected.values.values.contains { abs($0) > 1 })
        #expect(largest < 1e-4)
        #expect(mean < 1e-6)
    }

    @Test(arguments: ReferenceRun.all.filter { $0.hasPatch })
    func `the first patch's logits equal nnU-Net's`(run: ReferenceRun) throws {
        let folder = try run.openModel()
        let network = try Network(graph: folder.network, patch: folder.configuration.patchSize, team: team)
        let weights = try network.prepare(try folder.openCheckpoint(folder.folds[0]))
        let input = try run.step("patch_in", run.cases[0])
        let expected = try run.step("patch_logits", run.cases[0]).values.values
        var logits = FloatBuffer(repeating: .nan, count: expected.count)
        var span = logits.mutableSpan
        network.predict(input.values.span, weights: weights, logits: &span)
        let found = (0..<expected.count).map { logits[$0] }
        let scale = expected.reduce(0) { max($0, abs($1)) }
        let largest = largestDifference(found, expected.map(Double.init)) / Double(scale)
        print("PARITY \(run.name) patch logits: largest \(largest) of the largest logit")
        #expect(largest < 1e-3)
    }

    @Test(arguments: ReferenceRun.all)
    func `the label map is nnU-Net's`(run: ReferenceRun) throws {
        let folder = try run.openModel()
        let model = try LoadedModel(folder: folder, engine: CPUNetworkEngine(team: team), team: team)
        for caseName in run.cases {
            var geometry: ImageGeometry?
            let logits = try run.predict(caseName, model, folder, geometry: &geometry)
            let found = try exportLabels(logits, team: team).labelMap(try #require(geometry))
            let expected = try readLabels(path: run.expected(caseName + ".nii.gz"))
            let agreement = try Agreement(found, expected.labels)
            print("PARITY \(run.name) \(caseName): \(agreement)")
            #expect(agreement.share >= 0.9999)
            #expect(agreement.leastDice >= 0.999)
        }
    }

    @Test func `the ensemble of 3D and 2D and its postprocessing are nnU-Net's`() throws {
        let runs = [ReferenceRun.hippocampus3D, .hippocampus2D]
        let folders = try runs.map { try $0.openModel() }
        let models = try folders.map { try LoadedModel(folder: $0, engine: CPUNetworkEngine(team: team), team: team) }
        let recipe = try PostprocessingRecipe.read(
            path: SharedReference.path(
                "expected/best_configuration/ensemble___nnUNetTrainer__nnUNetPlansSmall__2d___nnUNetTrainer__nnUNetPlansSmall__3d_fullres___0_1_2"
                    + "/postprocessing.pkl"))
        for caseName in runs[0].cases {
            var geometry: ImageGeometry?
            let members = try (0..<2).map { try runs[$0].predict(caseName, models[$0], folders[$0], geometry: &geometry) }
            let exported = try ensembleLabels(members, keepProbabilities: true, team: team)
            let average = try readNPZ(path: SharedReference.path("expected/hippocampus/ensemble_3d_2d/\(caseName).npz"))
            let probabilities = exported.probabilities
            let map = try #require(probabilities)
            #expect(map.values.shape == average.shape)
            let difference = largestDifference(map.values.values, average.values.values.map(Double.init))
            var found = exported.takeLabels(try #require(geometry))
            for name in ["ensemble_3d_2d", "ensemble_3d_2d_postprocessed"] {
                if name.hasSuffix("postprocessed") { Postprocessor(recipe: recipe).apply(&found, team: team) }
                let expected = try readLabels(path: SharedReference.path("expected/hippocampus/\(name)/\(caseName).nii.gz"))
                let agreement = try Agreement(found, expected.labels)
                print("PARITY \(name) \(caseName): \(agreement), probabilities' largest difference \(difference)")
                #expect(agreement.share >= 0.9999)
                #expect(agreement.leastDice >= 0.999)
            }
            // Upstream's float16 accumulators are off by this much where few weights lie.
            #expect(difference < 0.02)
        }
    }
}

extension ReferenceRun {
    /// An array on the way, `name.npy` or `name.npy.gz`.
    func step(_ name: String, _ caseName: String) throws -> NumPyArray {
        try readNPY(path: try #require(stepPath(name, caseName)))
    }

    var hasPreprocessed: Bool { stepPath("preprocessed", cases[0]) != nil }
    var hasPatch: Bool { stepPath("patch_logits", cases[0]) != nil }
}
