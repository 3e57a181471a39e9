import Glibc
import Segmentation
import Testing
import TestSupport

struct ProbabilityExportTests {
    private func softmax(_ values: [Float], heads: Int) -> [Double] {
        let count = values.count / heads
        return (0..<heads).flatMap { head in
            (0..<count).map { voxel in
                let sum = (0..<heads).reduce(0.0) { $0 + exp(Double(values[$1 * count + voxel])) }
                return exp(Double(values[head * count + voxel])) / sum
            }
        }
    }

    @Test func `probabilities are the softmax of the logits, labels their highest`() throws {
        let logits = try MadeUpLogits().make()
        let expected = softmax(logits.values.values, heads: 3)
        let exported = try exportProbabilities(logits, team: team)
        let probabilities = exported.probabilities
        let found = try #require(probabilities).values.values
        #expect(largestDifference(found, expected) < 3e-7)
        #expect(exported.labels.voxels.values == argmax(found, heads: 3))
    }

    @Test func `extreme logits give certain probabilities`() throws {
        var made = MadeUpLogits(heads: 2, network: [1, 1, 3])
        made.values = [500, -500, 0, -500, 500, 0]
        let exported = try exportProbabilities(made.make(), team: team)
        let probabilities = exported.probabilities
        #expect(try #require(probabilities).values.values == [1, 0, 0.5, 0, 1, 0.5])
    }

    @Test func `outside the nonzero box the first label is certain`() throws {
        var made = MadeUpLogits(network: [2, 3, 4], forward: [2, 0, 1], backward: [1, 2, 0])
        made.margin = (below: [1, 0, 2], above: [0, 3, 1])
        let exported = try exportProbabilities(made.make(), team: team)
        let probabilities = exported.probabilities
        let map = try #require(probabilities)
        #expect(map.values.shape == [3, 6, 7, 3])
        let values = map.values.values
        for voxel in 0..<126 {
            #expect(abs(values[voxel] + values[126 + voxel] + values[252 + voxel] - 1) < 1e-6)
            let reader = [voxel / 21, voxel / 3 % 7, voxel % 3]
            // Axis i of the network is axis forward[i] of the reader.
            let isInside = 1..<3 ~= reader[2] && 0..<3 ~= reader[0] && 2..<6 ~= reader[1]
            if !isInside { #expect(values[voxel] == 1 && exported.labels.voxels[voxel] == 0) }
        }
        #expect(exported.labels.voxels.values == (try exportLabels(made.make(), team: team)).voxels.values)
    }

    @Test func `outside the nonzero box regions have probability 0`() throws {
        let scheme = try Models.labels([("background", [0]), ("whole", [1, 2]), ("core", [2])], order: [1, 2])
        var made = MadeUpLogits(heads: 2, network: [1, 1, 2], labels: scheme)
        made.margin = (below: [0, 0, 1], above: [0, 0, 0])
        made.values = [2, -2, -2, 0]
        let exported = try exportProbabilities(made.make(), team: team)
        let probabilities = exported.probabilities
        let expected = [0, 1 / (1 + exp(-2.0)), 1 / (1 + exp(2.0)), 0, 1 / (1 + exp(2.0)), 0.5]
        #expect(largestDifference(try #require(probabilities).values.values, expected) < 2e-7)
        #expect(exported.labels.voxels.values == [0, 1, 0])
    }

    @Test func `wide cases take whole vectors and remainders alike`() throws {
        let logits = try MadeUpLogits(heads: 4, network: [3, 9, 21], cropped: [5, 19, 37]).make()
        let values = logits.values.values
        let exported = try exportProbabilities(logits, team: team)
        let probabilities = exported.probabilities
        let found = try #require(probabilities).values.values
        let whole = try (0..<4).flatMap { head in
            try resample(
                Array(values[head * 567..<(head + 1) * 567]), [3, 9, 21], to: [5, 19, 37],
                logits.model.configuration.resampling.probabilities)
        }
        #expect(largestDifference(found, softmax(whole, heads: 4)) < 2e-6)
    }
}
