import CPUEngine
import Tensors
import TestSupport
import Testing

/// How a patch lies in a case: inside it, over each of its sides, over all of them, beside it.
private struct PlacementCase: Sendable {
    static let patch = [3, 5, 37]
    var image: [Int]
    var start: [Int]

    static let all: [PlacementCase] = [
        PlacementCase(image: patch, start: [0, 0, 0]),
        PlacementCase(image: [6, 9, 61], start: [2, 3, 11]),
        PlacementCase(image: [6, 9, 61], start: [-1, -2, -9]),
        PlacementCase(image: [6, 9, 61], start: [5, 6, 33]),
        PlacementCase(image: [6, 9, 61], start: [-2, 5, 24]),
        PlacementCase(image: [1, 2, 17], start: [-1, -1, -10]),
        PlacementCase(image: [2, 3, 1], start: [-1, -1, -36]),
        PlacementCase(image: [6, 9, 61], start: [1, -5, 0]),
    ]
}

private let flips = (0..<8).map { combination in (0..<3).map { combination & (1 << $0) != 0 } }

@Suite struct LogitAccumulatorTests {
    private let methods =
        [ConvolutionMethod(kind: .head, isShared: false, brick: [1, 1, 1], rows: 1)]
        + [[1, 2, 37], [3, 3, 10]].flatMap { brick in
            [false, true].map { ConvolutionMethod(kind: .direct, isShared: $0, brick: brick, rows: 3) }
        }

    /// Adds the logits of two patches with every method and compares with float64 sums in plain loops.
    @Test(arguments: [1, 2, 3, 7, 8, 16, 61, 105], KernelSet.available.map(\.name))
    func `weighted logits are added where the patch lies, mirrored back, and nothing else is touched`(
        _ heads: Int, _ instructionSet: String
    ) throws {
        let kernels = try #require(KernelSet.available.first { $0.name == instructionSet })
        let trial = trial(heads)
        let logits = trial.expected()
        let teams = [1, 3].map { ThreadTeam(threadCount: $0) }
        for (number, example) in PlacementCase.all.enumerated() {
            for (combination, flips) in flips.enumerated() {
                let placement = PatchPlacement(start: example.start, flips: flips)
                let method = methods[(number + combination) % methods.count]
                var expected = self.expected(logits, placement, image: example.image, heads: heads)
                var results: [[Float]] = []
                for team in teams {
                    let accumulator = try accumulator(heads, image: example.image, outerAxis: combination % 2)
                    accumulator.withSink(placement) { _ = trial.run(method, kernels: kernels, team: team, sink: $0) }
                    results.append(accumulator.sums.values)
                }
                #expect(results[0] == results[1], "\(method.name), \(placement)")
                #expect(relativeError(results[0], expected.sums) < 3e-6, "\(method.name), \(placement)")
                for index in expected.untouched { expected.sums[index] -= Double(results[0][index]) }
                #expect(expected.untouched.allSatisfy { expected.sums[$0] == 0 }, "\(method.name), \(placement)")
            }
        }
    }

    @Test func `every method adds the same sums again for a second patch`() throws {
        let placements = [PatchPlacement(start: [0, 1, 3]), PatchPlacement(start: [1, 2, 13], flips: [true, false, true])]
        let trial = trial(19)
        let logits = trial.expected()
        let image = [4, 7, 50]
        var expected = self.expected(logits, placements[0], image: image, heads: 19).sums
        let second = self.expected(logits, placements[1], image: image, heads: 19).sums
        for index in expected.indices { expected[index] += second[index] - Double(initial(index)) }
        for kernels in KernelSet.available {
            for method in methods {
                let accumulator = try accumulator(19, image: image)
                for placement in placements {
                    accumulator.withSink(placement) {
                        _ = trial.run(method, kernels: kernels, team: ThreadTeam(threadCount: 2), sink: $0)
                    }
                }
                let result = accumulator.sums.values
                #expect(relativeError(result, expected) < 3e-6, "\(kernels.name) \(method.name)")
            }
        }
    }

    private func trial(_ heads: Int) -> ConvolutionTrial {
        ConvolutionTrial(
            convolution: Convolution(
                inputChannels: [20], outputChannels: heads, input: PlacementCase.patch, kernel: [1, 1, 1], hasPlainOutput: true), seed: 11)
    }

    /// What lies at `index` before anything is added.
    private func initial(_ index: Int) -> Float { Float(index % 23) / 16 }

    /// A voxel's weight: no two neighbours' are equal, and no axis is symmetric.
    private func weight(_ index: Int) -> Float { Float(index * 7 % 101 + 1) / 32 }

    private func accumulator(_ heads: Int, image: [Int], outerAxis: Int = 0) throws -> LogitAccumulator {
        var weights = FloatBuffer(repeating: 0, count: PlacementCase.patch.reduce(1, *))
        for index in 0..<weights.count { weights[index] = weight(index) }
        let shape = [heads] + image
        let sums = try #require(LogitVolume(shape: shape, values: (0..<shape.reduce(1, *)).map(initial), outerAxis: outerAxis))
        return LogitAccumulator(patch: PlacementCase.patch, weights: weights, sums: sums)
    }

    /// The sums in float64, and which of them no logit belongs to.
    private func expected(_ logits: [Double], _ placement: PatchPlacement, image: [Int], heads: Int) -> (sums: [Double], untouched: [Int]) {
        let patch = PlacementCase.patch, positions = patch.reduce(1, *)
        var sums = (0..<heads * image.reduce(1, *)).map { Double(initial($0)) }
        var untouched = Set(sums.indices)
        for index in logits.indices {
            var voxel = [index / (patch[1] * patch[2]) % patch[0], index / patch[2] % patch[1], index % patch[2]]
            for axis in 0..<3 where placement.flips[axis] { voxel[axis] = patch[axis] - 1 - voxel[axis] }
            let at = (0..<3).map { voxel[$0] + placement.start[$0] }
            guard (0..<3).allSatisfy({ (0..<image[$0]).contains(at[$0]) }) else { continue }
            let target = ((index / positions * image[0] + at[0]) * image[1] + at[1]) * image[2] + at[2]
            sums[target] += Double(weight((voxel[0] * patch[1] + voxel[1]) * patch[2] + voxel[2])) * logits[index]
            untouched.remove(target)
        }
        return (sums, untouched.sorted())
    }
}
