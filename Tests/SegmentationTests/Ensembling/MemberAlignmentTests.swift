import Segmentation
import Tensors
import Testing
import TestSupport

/// Members whose channels or axes lie otherwise than the first one's.
struct `Members in another order` {
    static let alignments = [
        MemberAlignment(channels: [0, 2, 1]), MemberAlignment(channels: [2, 0, 1], axes: [2, 0, 1]),
        MemberAlignment(channels: [0, 1, 2], isReversed: [true, false, true]),
        MemberAlignment(channels: [1, 2, 0], axes: [1, 2, 0], isReversed: [false, true, true]),
    ]
    /// (z, y, x) of the first member.
    private static let shape = [6, 7, 9]

    /// The same values (channel, z, y, x) along a member's channels and axes.
    private func turned(_ values: [Float], _ alignment: MemberAlignment) -> (shape: [Int], values: [Float]) {
        let shape = Self.shape
        var size = [0, 0, 0]
        for axis in 0..<3 { size[alignment.axes[axis]] = shape[axis] }
        var result = [Float](repeating: 0, count: values.count)
        for (channel, source) in alignment.channels.enumerated() {
            for z in 0..<shape[0] {
                for y in 0..<shape[1] {
                    for x in 0..<shape[2] {
                        var place = [0, 0, 0]
                        for (axis, index) in [z, y, x].enumerated() {
                            place[alignment.axes[axis]] = alignment.isReversed[axis] ? shape[axis] - 1 - index : index
                        }
                        let target: Int = ((source * size[0] + place[0]) * size[1] + place[1]) * size[2] + place[2]
                        let origin: Int = ((channel * shape[0] + z) * shape[1] + y) * shape[2] + x
                        result[target] = values[origin]
                    }
                }
            }
        }
        return (size, result)
    }

    @Test(arguments: alignments) func `give the ensemble of the same arrays in the first one's order`(alignment: MemberAlignment) throws {
        let values = [1, 2].map { noise(3 * Self.shape.reduce(1, *), seed: $0) }
        let (size, second) = turned(values[1], alignment)
        let maps = [
            ProbabilityMap(values: Tensor(shape: [3] + Self.shape, values: values[0])),
            ProbabilityMap(values: Tensor(shape: [3] + size, values: second)),
        ]
        let labels = try Models.plainLabels(3)
        let found = try ensembleLabels(
            averaging: maps, alignments: [MemberAlignment(channels: [0, 1, 2]), alignment], labels: labels, keepProbabilities: true,
            team: team)
        let probabilities = found.probabilities
        let expected = zip(values[0], values[1]).map { (one: Float, two: Float) -> Float in (one + two) / 2 }
        #expect(try #require(probabilities).values.values == expected)
        #expect(found.labels.voxels.values == argmax(expected, heads: 3))
    }

    @Test(arguments: alignments) func `give the ensemble of the same logits in the first one's order`(alignment: MemberAlignment) throws {
        let values = [1, 2].map { noise(3 * Self.shape.reduce(1, *), seed: $0) }
        let (size, second) = turned(values[1], alignment)
        let first = { try MadeUpLogits(network: Self.shape, values: values[0]).make() }
        let plain = try MadeUpLogits(network: Self.shape, values: values[1]).make()
        let other = try MadeUpLogits(network: size, values: second).make()
        let expected = try ensembleLabels([first(), plain], keepProbabilities: true, team: team)
        let found = try ensembleLabels(
            [first(), other], alignments: [MemberAlignment(channels: [0, 1, 2]), alignment], keepProbabilities: true, team: team)
        // The order in which softmax adds up its channels may move the last bit.
        let (a, b) = (found.probabilities, expected.probabilities)
        let (one, two) = (try #require(a).values.values, try #require(b).values.values)
        var worst: Float = 0
        for index in one.indices { worst = max(worst, abs(one[index] - two[index])) }
        #expect(worst < 1e-6)
        let differing = zip(found.labels.voxels.values, expected.labels.voxels.values).filter { $0 != $1 }
        #expect(differing.isEmpty)
    }
}
