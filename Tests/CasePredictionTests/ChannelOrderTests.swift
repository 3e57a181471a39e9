import CasePrediction
import Foundation
import Imaging
import NIfTI
import Tensors
import TestSupport
import Testing

/// A model of four channels beside one that has them in another order.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct `Models whose channels have another order` {
    private static let model = SharedReference.path("models/Dataset502_BrainMR/nnUNetTrainer__nnUNetPlansSmall__3d_fullres")
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func predict(_ models: [String], channels: [Int]) throws -> [Float] {
        var options = PredictionOptions()
        options.useMirroring = false
        options.keepsProbabilities = true
        let predictor = try CasePredictor(
            models: try models.map { try CaseModel.open(path: $0) }, pool: ModelPool(memoryBudget: 1 << 30, team: ThreadTeam()),
            options: options)
        let files = CaseFiles(name: "a", channelPaths: channels.map { folder.file("\($0).nii.gz") })
        let outcome = try predictor.predict(files)
        let map = outcome.probabilities
        let values = try #require(map)
        return (0..<values.values.count).map { values.values.buffer[$0] }
    }

    @Test func `get each channel by its name`() throws {
        var generator = SplitMix64(seed: 3)
        for channel in 0..<4 {
            var volume = Volume<Float>(geometry: ImageGeometry(size: SIMD3(24, 20, 16)), repeating: 0)
            for index in 0..<volume.voxels.count { volume.voxels[index] = Float.random(in: 1...100, using: &generator) }
            try writeVolume(volume, to: folder.file("\(channel).nii.gz"))
        }
        let text = try String(contentsOfFile: Self.model + "/dataset.json", encoding: .utf8)
        let names = try #require(
            (try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])?["channel_names"] as? [String: String])
        let reversed = folder.file("reversed")
        let swaps = Dictionary(
            uniqueKeysWithValues: try (0..<4).map { channel in
                let (own, other) = (try #require(names["\(channel)"]), try #require(names["\(3 - channel)"]))
                return ("\"\(channel)\": \"\(own)\"", "\"\(channel)\": \"\(other)\"")
            })
        try PhantomModel.copy(Self.model, to: reversed, replacing: swaps)
        let first = try predict([Self.model], channels: [0, 1, 2, 3])
        let other = try predict([Self.model], channels: [3, 2, 1, 0])
        #expect(first != other)
        let expected = zip(first, other).map { (one: Float, two: Float) -> Float in (one + two) / 2 }
        #expect(try predict([Self.model, reversed], channels: [0, 1, 2, 3]) == expected)
    }
}
