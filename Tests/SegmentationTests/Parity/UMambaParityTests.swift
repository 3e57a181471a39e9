import CPUEngine
import Evaluation
import Imaging
import NIfTI
import Preprocessing
import PythonFormats
import Segmentation
import Tensors
import TestSupport
import Testing
import TrainedModels

/// Model folders as the U-Mamba repository writes them, against what its networks give in float64.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"), .serialized)
struct UMambaParityTests {
    /// A model, and the largest difference that float32 may make of a logit.
    struct Model: Sendable, CustomTestStringConvertible {
        let name: String
        let channels: Int
        let tolerance: Double
        var testDescription: String { name }

        func path(_ file: String) -> String { SharedReference.path("umamba/\(name)/\(file)") }
        func open() throws -> ModelFolder { try ModelFolder.open(path: SharedReference.path("umamba/" + name)) }
    }

    private static let models = [
        Model(name: "bot2d", channels: 2, tolerance: 6e-4), Model(name: "enc2d", channels: 1, tolerance: 6e-3),
        Model(name: "bot3d", channels: 1, tolerance: 5e-4), Model(name: "enc3d", channels: 1, tolerance: 3e-3),
    ]

    @Test(arguments: models) func `a patch's logits are those of the original network`(model: Model) throws {
        let folder = try model.open()
        #expect(folder.network.family == (model.name.hasPrefix("bot") ? "UMambaBot" : "UMambaEnc"))
        let input = try readNPY(path: model.path("patch_in.npy"))
        let expected = try readNPY(path: model.path("patch_logits_f64.npy")).values.values
        for kernels in KernelSet.available {
            let network = try Network(graph: folder.network, patch: folder.configuration.patchSize, team: team, kernels: kernels)
            let weights = try network.prepare(try folder.openCheckpoint(folder.folds[0]))
            var logits = FloatBuffer(repeating: .nan, count: expected.count)
            var span = logits.mutableSpan
            network.predict(input.values.span, weights: weights, logits: &span)
            let largest = largestDifference((0..<expected.count).map { logits[$0] }, expected.map(Double.init))
            print("PARITY \(model.name) \(kernels.name) patch logits: largest difference \(largest)")
            #expect(largest < model.tolerance)
        }
    }

    @Test(arguments: models) func `the label map is the original network's`(model: Model) throws {
        let folder = try model.open()
        let loaded = try LoadedModel(folder: folder, engine: CPUNetworkEngine(team: team), team: team)
        let paths = (0..<model.channels).map {
            SharedReference.path("umamba/cases/\(model.name)/\(model.name)_x_000\($0).nii.gz")
        }
        let read = try readImage(paths: paths)
        let geometry = read.image.geometry, spacing = read.arraySpacing
        let prepared = try Preprocessor(ModelFacts(folder))(read.takeImage(), arraySpacing: spacing, team: team)
        let isMirrored = model.name == "bot2d"
        let rounded = try logitsInUpstreamsFloat16(prepared.data, folder, mirroring: isMirrored)
        let upstreams = try Logits(
            values: try #require(
                LogitVolume(shape: [folder.labels.headCount] + prepared.data.shape[1...], values: rounded.map { Float($0) })),
            properties: prepared.properties, model: ModelFacts(folder))
        let own = try predictLogits(prepared, model: loaded, options: SlidingWindowOptions(useMirroring: isMirrored))
        let expected = try readLabels(path: SharedReference.path("umamba/expected/\(model.name)/\(model.name)_x.nii.gz"))
        // These images are hardly larger than a patch: in their corners upstream's float16 sums hold little of the logits.
        for (name, logits, least) in [("float16", upstreams, 0.9995), ("own", own, 0.997)] {
            let agreement = try Agreement(exportLabels(logits, team: team).labelMap(geometry), expected.labels)
            print("PARITY \(model.name) label map, \(name) sums: \(agreement)")
            #expect(agreement.share >= least)
        }
    }
}
