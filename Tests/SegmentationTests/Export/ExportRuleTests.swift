import Plans
import Segmentation
import Testing
import TestSupport

/// What decides a label where two rules part ways (specification 7, traps 23, 26 and 53).
struct ExportRuleTests {
    @Test func `with probabilities kept, labels are those of the probabilities`() throws {
        // The second logit is higher by less than float32's softmax can tell.
        var made = MadeUpLogits(heads: 2, network: [1, 1, 2])
        made.values = [0, 0, 1e-9, 1]
        let logits = try made.make()
        #expect(logits.values.values[2] > logits.values.values[0])
        let exported = try exportProbabilities(logits, team: team)
        #expect(try exportLabels(made.make(), team: team).voxels.values == [1, 1])
        let probabilities = exported.probabilities
        let found = try #require(probabilities).values.values
        #expect(found[0] == found[2])
        #expect(exported.labels.voxels.values == [0, 1])
    }

    @Test(arguments: [ResamplingFunction(kind: .spline, order: 1), ResamplingFunction(kind: .torch)])
    func `resampled logits keep float32, whichever function resamples`(function: ResamplingFunction) throws {
        // In float16 10.001 and 10.002 are one number, and the lower channel would win.
        var made = MadeUpLogits(heads: 2, network: [1, 1, 2], cropped: [1, 1, 4], resampling: function)
        made.values = [10.001, 10.001, 10.002, 10.002]
        #expect(try exportLabels(made.make(), team: team).voxels.values == [1, 1, 1, 1])
    }

    @Test func `a 2D configuration's logits take the case's spacing across slices`() throws {
        // Cubic resampling overshoots and is clipped to the slice's range where slices are separate, to the volume's otherwise. The case is
        // not anisotropic, the network's grid is: 5, 1 and 1 mm, with the case's 5 mm in front of the configuration's two.
        let cubic = ResamplingFunction(kind: .spline, order: 3)
        var made = MadeUpLogits(
            heads: 2, network: [2, 1, 6], cropped: [2, 1, 12], spacing: [5, 2, 2], networkSpacing: [1, 1], resampling: cubic)
        made.values = [Float](repeating: 100, count: 6) + [0, 1, 4, 9, -3, 2] + [Float](repeating: 9.2, count: 12)
        // The spline reaches 9.3635 at voxel 6 of the second slice, above the other channel's 9.2, but the slice's highest value is 9.
        #expect(try exportLabels(made.make(), team: team).voxels.values.suffix(12) == [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
        made.spacing = [2, 2, 2]
        #expect(try exportLabels(made.make(), team: team).voxels.values.suffix(12) == [1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1])
    }
}
