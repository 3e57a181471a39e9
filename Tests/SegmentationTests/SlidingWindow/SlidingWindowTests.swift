import Files
import Preprocessing
import Segmentation
import Tensors
import Testing
import TestSupport

struct SlidingWindowTests {
    /// Moves a made-up network over a case (channels, z, y, x).
    private func run(
        _ data: borrowing Tensor, patch: [Int], heads: Int = 1, mirrorings: [[Int]] = [[]], folds: Int = 1, gaussian: Bool = true,
        progress: (PredictionProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false },
        network: (_ fold: Int, _ input: [Float]) -> [Float]
    ) throws -> [Float] {
        let window = SlidingWindow(
            grid: try SlidingWindowGrid(image: Array(data.shape[1...]), patch: patch, stepSize: 0.5), heads: heads,
            mirrorings: mirrorings, foldCount: folds, useGaussian: gaussian, team: team)
        var pass = try window.begin(channels: data.shape[0])
        while try window.advance(
            &pass, data,
            evaluate: { fold, input, placement, accumulator in
                add(network(fold, input.indices.map { input[$0] }), placement, to: accumulator)
            }, progress: progress, isCancelled: isCancelled) != nil
        {}
        return pass.sums.values
    }

    /// What a network's last layer does with its logits (heads, patch).
    private func add(_ logits: [Float], _ placement: PatchPlacement, to accumulator: borrowing LogitAccumulator) {
        let (patch, sums) = (accumulator.patch, accumulator.sums)
        let image = sums.layout.image
        for index in logits.indices {
            let head = index / patch.reduce(1, *)
            var voxel = [index / (patch[1] * patch[2]) % patch[0], index / patch[2] % patch[1], index % patch[2]]
            for axis in 0..<3 where placement.flips[axis] { voxel[axis] = patch[axis] - 1 - voxel[axis] }
            let weight = accumulator.weights[(voxel[0] * patch[1] + voxel[1]) * patch[2] + voxel[2]]
            let at = (0..<3).map { voxel[$0] + placement.start[$0] }
            guard (0..<3).allSatisfy({ (0..<image[$0]).contains(at[$0]) }) else { continue }
            sums[head, at[0], at[1], at[2]] += weight * logits[index]
        }
    }

    private let noise = (0..<990).map { (index: Int) -> Float in Float(index * 7919 % 1009) / 100 - 5 }

    @Test func `a network that copies its input gives the case back, padding and tiles and all`() throws {
        for patch in [[4, 6, 4], [16, 4, 6], [9, 11, 10], [6, 4]] {
            for mirrorings in [[[]], mirroringCombinations([1, 2])] {
                let data = Tensor(shape: [1, 9, 11, 10], values: noise)
                let result = try run(data, patch: patch, mirrorings: mirrorings, folds: 2) { _, input in input }
                #expect(largestDifference(result, noise.map(Double.init)) < 1e-5)
            }
        }
    }

    @Test func `outside the case the network sees zeros, more of them behind`() throws {
        let data = Tensor(shape: [1, 1, 1, 3], values: [1, 2, 3])
        let inputs = Inputs()
        _ = try run(data, patch: [1, 1, 6], mirrorings: [[], [2]]) { _, input in
            inputs.list.append(input)
            return input
        }
        #expect(inputs.list == [[0, 1, 2, 3, 0, 0], [0, 0, 3, 2, 1, 0]])
    }

    @Test func `mirrored inputs' logits are mirrored back and averaged`() throws {
        // A network with a ramp along x: head 0 at x is input·x, so mirroring changes what it says.
        let values: [Float] = [1, 2, 4, 8]
        let ramp: (Int, [Float]) -> [Float] = { _, input in input.enumerated().map { Float($0.offset) * $0.element } }
        let plain = try run(Tensor(shape: [1, 1, 1, 4], values: values), patch: [1, 1, 4], network: ramp)
        #expect(plain == [0, 2, 8, 24])
        let mirrored = try run(Tensor(shape: [1, 1, 1, 4], values: values), patch: [1, 1, 4], mirrorings: [[], [2]], network: ramp)
        // x and 3 − x average to 1.5.
        #expect(mirrored == [1.5, 3, 6, 12])
    }

    @Test(arguments: [0, 1, 2]) func `each mirroring axis is that axis of the patch`(axis: Int) throws {
        // Position-dependent in all three axes: only the mirrored axis is symmetrised.
        let data = Tensor(shape: [1, 2, 2, 2], repeating: 1)
        let result = try run(data, patch: [2, 2, 2], mirrorings: [[], [axis]]) { _, input in input.indices.map(Float.init) }
        let size = [4, 2, 1][axis]
        #expect(result == (0..<8).map { Float($0 & ~size) + Float(size) / 2 })
    }

    @Test func `folds are averaged as logits without rounding between`() throws {
        let data = Tensor(shape: [1, 1, 1, 2], repeating: 0)
        // float16 sums would give 1024 for 2048 and 1.
        let result = try run(data, patch: [1, 1, 2], folds: 2) { fold, input in input.map { _ in fold == 0 ? 2048 : 1 } }
        #expect(result == [1024.5, 1024.5])
    }

    @Test func `a constant stays constant to the corners where weights are tiny`() throws {
        // Upstream's float16 accumulators make 3.0 of 3.3 there.
        let data = Tensor(shape: [1, 40, 40, 40], repeating: 0)
        let result = try run(data, patch: [32, 32, 32]) { _, input in input.map { _ in 3.3 } }
        #expect(result.allSatisfy { abs($0 - 3.3) < 1e-5 })
    }

    @Test func `large logits do not overflow`() throws {
        let data = Tensor(shape: [1, 1, 1, 8], repeating: 0)
        let result = try run(data, patch: [1, 1, 4]) { _, input in input.map { _ in 70000 } }
        #expect(result.allSatisfy { abs($0 - 70000) < 0.1 })
    }

    @Test(arguments: [Float.infinity, .nan]) func `infinite and undefined logits are refused`(value: Float) {
        let data = Tensor(shape: [1, 1, 1, 8], repeating: 0)
        #expect(throws: Problem.notFinite(what: "the network's output")) {
            _ = try run(data, patch: [1, 1, 4]) { _, input in [value] + input.dropFirst() }
        }
    }

    @Test func `a 2D patch predicts each slice on its own`() throws {
        let slices = (0..<5 * 20).map { Float(($0 * 31) % 17) }
        let blur: (Int, [Float]) -> [Float] = { _, input in input.map { value in value * value + input.reduce(0, +) } }
        let whole = try run(Tensor(shape: [1, 5, 4, 5], values: slices), patch: [4, 4], network: blur)
        for z in 0..<5 {
            let slice = Tensor(shape: [1, 1, 4, 5], values: Array(slices[z * 20..<(z + 1) * 20]))
            #expect(try run(slice, patch: [4, 4], network: blur) == Array(whole[z * 20..<(z + 1) * 20]))
        }
    }

    @Test func `without a Gaussian every tile counts alike`() throws {
        let data = Tensor(shape: [1, 1, 1, 6], repeating: 0)
        let counter = Inputs()
        let result = try run(data, patch: [1, 1, 4], gaussian: false) { _, input in
            counter.list.append(input)
            return input.map { _ in Float(counter.list.count) }
        }
        #expect(result == [1, 1, 1.5, 1.5, 2, 2])
    }

    @Test func `progress counts every evaluation, and cancelling ends between two`() throws {
        let data = Tensor(shape: [1, 1, 1, 8], repeating: 0)
        var seen: [PredictionProgress] = []
        #expect(throws: Problem.cancelled) {
            _ = try run(
                data, patch: [1, 1, 4], mirrorings: [[], [2]], folds: 2, progress: { seen.append($0) }, isCancelled: { seen.count == 5 }
            ) { _, input in input }
        }
        #expect(seen.map(\.completed) == [1, 2, 3, 4, 5])
        #expect(seen.allSatisfy { $0.total == 3 * 2 * 2 })
    }

    @Test func `one fold is moved over all tiles of a strip before the next`() throws {
        let data = Tensor(shape: [1, 1, 8, 8], repeating: 0)
        var seen: [Int] = []
        _ = try run(data, patch: [1, 4, 4], mirrorings: [[], [2]], folds: 3) { fold, input in
            seen.append(fold)
            return input
        }
        let strip = [0, 1, 2].flatMap { [Int](repeating: $0, count: 3 * 2) }
        #expect(seen == strip + strip + strip)
    }

    /// What a made-up network saw.
    private final class Inputs {
        var list: [[Float]] = []
    }
}
