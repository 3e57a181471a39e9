import CPUEngine
import Segmentation
import Tensors
import TestSupport
import TrainedModels

/// The logits of a case with upstream's float16 accumulators (nnU-Net's `predict_sliding_window_return_logits` on the CPU), voxel by voxel.
///
/// Only to show where our float32 accumulators differ; one rounding for each tile, one for the division, one for each fold.
func logitsInUpstreamsFloat16(_ data: borrowing Tensor, _ folder: ModelFolder, mirroring: Bool) throws -> [Float16] {
    let patch = folder.configuration.patchSize
    let image = Array(data.shape[1...])
    let grid = try SlidingWindowGrid(image: image, patch: patch, stepSize: 0.5)
    let size = patch.count == 2 ? [1] + patch : patch
    let network = try Network(graph: folder.network, patch: patch, team: team)
    let axes = mirroring ? (folder.mirroringAxes ?? []).map { $0 + 3 - patch.count } : []
    let gaussian = GaussianImportance.weights(patch)
    let heads = folder.labels.headCount
    let values = data.values
    var folds: [Float16] = []
    for fold in folder.folds {
        let weights = try network.prepare(try folder.openCheckpoint(fold))
        var sums = [Float16](repeating: 0, count: heads * image.reduce(1, *))
        var norm = [Float16](repeating: 0, count: image.reduce(1, *))
        for tile in upstreamsTiles(grid) {
            var total = [Float](repeating: 0, count: heads * size.reduce(1, *))
            let combinations = mirroringCombinations(axes)
            for flips in combinations {
                let found = predict(values, image, tile, size, flips, network, weights)
                for index in total.indices { total[index] += found[index] }
            }
            for index in total.indices {
                let (head, inPatch) = (index / size.reduce(1, *), index % size.reduce(1, *))
                guard let voxel = voxel(inPatch, size, tile, image, []) else { continue }
                let weight = Float(gaussian[inPatch])
                let target = head * norm.count + voxel
                sums[target] = Float16(Float(sums[target]) + total[index] / Float(combinations.count) * weight)
                if head == 0 { norm[voxel] = Float16(Float(norm[voxel]) + weight) }
            }
        }
        for index in sums.indices { sums[index] = Float16(Float(sums[index]) / Float(norm[index % norm.count])) }
        folds = folds.isEmpty ? sums : zip(folds, sums).map { $0 + $1 }
    }
    return folder.folds.count == 1 ? folds : folds.map { Float16(Float($0) / Float(folder.folds.count)) }
}

/// One mirrored patch through the network, its logits mirrored back.
private func predict(
    _ values: [Float], _ image: [Int], _ tile: [Int], _ size: [Int], _ flips: [Int], _ network: Network, _ weights: NetworkWeights
) -> [Float] {
    let count = size.reduce(1, *)
    var input = FloatBuffer(repeating: 0, count: network.inputShape.reduce(1, *))
    for index in 0..<input.count {
        guard let voxel = voxel(index % count, size, tile, image, flips) else { continue }
        input[index] = values[index / count * image.reduce(1, *) + voxel]
    }
    var logits = FloatBuffer(repeating: 0, count: network.outputShape.reduce(1, *))
    var span = logits.mutableSpan
    network.predict(input.span, weights: weights, logits: &span)
    return (0..<logits.count).map { logits[$0 / count * count + mirrored($0 % count, size, flips)] }
}

private func mirrored(_ index: Int, _ size: [Int], _ flips: [Int]) -> Int {
    let at = [index / (size[1] * size[2]), index / size[2] % size[1], index % size[2]]
    let turned = (0..<3).map { flips.contains($0) ? size[$0] - 1 - at[$0] : at[$0] }
    return (turned[0] * size[1] + turned[1]) * size[2] + turned[2]
}

/// The case's voxel under a voxel of a (mirrored) tile; nil in the padding.
private func voxel(_ index: Int, _ size: [Int], _ tile: [Int], _ image: [Int], _ flips: [Int]) -> Int? {
    let index = mirrored(index, size, flips)
    let at = [index / (size[1] * size[2]) + tile[0], index / size[2] % size[1] + tile[1], index % size[2] + tile[2]]
    guard zip(at, image).allSatisfy({ 0..<$1 ~= $0 }) else { return nil }
    return (at[0] * image[1] + at[1]) * image[2] + at[2]
}

/// The tiles' first voxels in upstream's order, axis 0 outermost.
private func upstreamsTiles(_ grid: SlidingWindowGrid) -> [[Int]] {
    let starts = grid.imageStarts
    return starts[0].flatMap { z in starts[1].flatMap { y in starts[2].map { x in [z, y, x] } } }
}
