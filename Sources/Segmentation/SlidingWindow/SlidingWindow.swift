package import Files
package import Tensors

/// Moves a network over one case and joins the tiles' logits (nnU-Net's `predict_sliding_window_return_logits`).
///
/// The network adds the weighted logits of every tile, fold and mirroring to the case's float32 accumulators, which hold only the case
/// itself: padding is never stored. Upstream's accumulators are float16; these lie closer to exact arithmetic.
///
/// One fold is moved over all tiles before the next begins. The weights of a fold exceed the last-level cache, so every evaluation reads them
/// from memory in whatever order; but this order needs the weights of one fold at a time, and where memory is short the others' pages may go
/// and are read once for each case instead of once for each evaluation. It costs cutting each tile once more for each fold.
package struct SlidingWindow {
    let grid: SlidingWindowGrid
    let heads: Int
    /// The combinations of axes, without mirroring first; axes of the three-axis patch.
    let mirrorings: [[Int]]
    let foldCount: Int
    let useGaussian: Bool
    let team: ThreadTeam

    /// - mirrorings: the empty combination first.
    package init(
        grid: SlidingWindowGrid, heads: Int, mirrorings: [[Int]], foldCount: Int = 1, useGaussian: Bool = true, team: ThreadTeam
    ) {
        self.grid = grid
        self.heads = heads
        self.mirrorings = mirrorings
        self.foldCount = foldCount
        self.useGaussian = useGaussian
        self.team = team
    }

    /// Adds the logits of one input (channels, patch), computed with the weights of one fold, to the case's.
    package typealias Evaluation = (
        _ fold: Int, _ input: Span<Float>, _ placement: PatchPlacement, _ accumulator: inout LogitAccumulator
    ) -> Void

    /// Returns the logits (heads, z, y, x) of a case (channels, z, y, x).
    package func run(
        _ data: borrowing Tensor, evaluate: Evaluation, progress: (PredictionProgress) -> Void, isCancelled: () -> Bool
    ) throws(Problem) -> Tensor {
        let channels = data.shape[0]
        let shape = [heads] + grid.image
        _ = try checkedCount(shape, what: "the logits")
        var accumulator = LogitAccumulator(heads: heads, image: grid.image, patch: grid.patch, weights: weights)
        let input = FloatBuffer(uninitializedCount: channels * grid.patch.reduce(1, *))
        let tiles = grid.tiles
        let total = tiles.count * mirrorings.count * foldCount
        var completed = 0
        for fold in 0..<foldCount {
            for tile in tiles {
                for axes in mirrorings {
                    guard !isCancelled() else { throw .cancelled }
                    let placement = PatchPlacement(start: tile, flips: (0..<3).map(axes.contains))
                    cut(data.buffer.unsafeStorage, channels: channels, placement, into: input.unsafeStorage)
                    evaluate(fold, input.span, placement, &accumulator)
                    completed += 1
                    progress(PredictionProgress(completed: completed, total: total))
                }
            }
        }
        try divide(accumulator.sums.unsafeStorage, accumulator.weights.unsafeStorage)
        return Tensor(shape: shape, buffer: accumulator.takeSums())
    }

    /// How much each voxel of a tile counts.
    private var weights: FloatBuffer {
        var weights = FloatBuffer(repeating: 1, count: grid.patch.reduce(1, *))
        if useGaussian {
            for (index, weight) in GaussianImportance.weights(grid.networkPatch).enumerated() { weights[index] = Float(weight) }
        }
        return weights
    }

    /// Copies a tile of every channel, mirrored where asked; what lies outside the case is zero.
    private func cut(
        _ data: UnsafeMutableBufferPointer<Float>, channels: Int, _ placement: PatchPlacement,
        into input: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = data.baseAddress, let target = input.baseAddress else { return }
        let (patch, image, tile, flips) = (grid.patch, grid.image, placement.start, placement.flips)
        // The columns of the patch that lie in the image, before mirroring.
        let left = min(max(0, -tile[2]), patch[2])
        let right = max(left, min(patch[2], image[2] - tile[2]))
        team.run(count: channels * patch[0]) { _, index in
            let (channel, z) = (index / patch[0], index % patch[0])
            let sourceZ = tile[0] + (flips[0] ? patch[0] - 1 - z : z)
            for y in 0..<patch[1] {
                let row = target + (index * patch[1] + y) * patch[2]
                let sourceY = tile[1] + (flips[1] ? patch[1] - 1 - y : y)
                guard 0..<image[0] ~= sourceZ, 0..<image[1] ~= sourceY, left < right else {
                    row.update(repeating: 0, count: patch[2])
                    continue
                }
                let values = source + ((channel * image[0] + sourceZ) * image[1] + sourceY) * image[2] + tile[2]
                if flips[2] {
                    for x in 0..<patch[2] - right { row[x] = 0 }
                    for x in left..<right { row[patch[2] - 1 - x] = values[x] }
                    for x in patch[2] - left..<patch[2] { row[x] = 0 }
                } else {
                    for x in 0..<left { row[x] = 0 }
                    (row + left).update(from: values + left, count: right - left)
                    for x in right..<patch[2] { row[x] = 0 }
                }
            }
        }
    }

    /// Divides by the sum of the weights, made row by row, and by the number of folds and mirrorings.
    private func divide(
        _ sums: UnsafeMutableBufferPointer<Float>, _ weights: UnsafeMutableBufferPointer<Float>
    ) throws(Problem) {
        guard let target = sums.baseAddress, let weights = weights.baseAddress else { return }
        let (patch, image) = (grid.patch, grid.image)
        let factor = 1 / Float(mirrorings.count * foldCount)
        let starts = (0..<3).map { axis in grid.starts[axis].map { $0 - grid.padding[axis] } }
        var isFinite = [Bool](repeating: true, count: image[0])
        isFinite.withUnsafeMutableBufferPointer { isFinite in
            let isFinite = isFinite
            team.run(count: image[0]) { _, z in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: image[2]) { scale in
                    for y in 0..<image[1] {
                        scale.initialize(repeating: 0)
                        for startZ in starts[0] where startZ <= z && z < startZ + patch[0] {
                            for startY in starts[1] where startY <= y && y < startY + patch[1] {
                                let row = weights + ((z - startZ) * patch[1] + y - startY) * patch[2]
                                for startX in starts[2] {
                                    for x in max(0, startX)..<min(image[2], startX + patch[2]) { scale[x] += row[x - startX] }
                                }
                            }
                        }
                        for x in 0..<image[2] { scale[x] = factor / scale[x] }
                        var check: Float = 0
                        for head in 0..<heads {
                            let row = target + ((head * image[0] + z) * image[1] + y) * image[2]
                            for x in 0..<image[2] { row[x] *= scale[x] }
                            // Zero times anything that is not finite is not zero.
                            for x in 0..<image[2] { check += row[x] * 0 }
                        }
                        if check != 0 { isFinite[z] = false }
                    }
                }
            }
        }
        guard isFinite.allSatisfy({ $0 }) else { throw .notFinite(what: "the network's output") }
    }
}
