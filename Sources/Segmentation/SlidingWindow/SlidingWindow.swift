package import Tensors

/// Moves a network over one case and joins the tiles' logits (nnU-Net's `predict_sliding_window_return_logits`).
///
/// For each tile the logits of every fold and mirroring are summed first, then weighted and added to the case's float32 accumulators, which
/// hold only the case itself: padding is never stored. Upstream's accumulators are float16; these lie closer to exact arithmetic.
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

    /// Computes the logits (heads, patch) of one input (channels, patch) with the weights of one fold.
    package typealias Evaluation = (_ fold: Int, _ input: Span<Float>, _ logits: inout MutableSpan<Float>) -> Void

    /// Returns the logits (heads, z, y, x) of a case (channels, z, y, x).
    package func run(
        _ data: borrowing Tensor, evaluate: Evaluation, progress: (PredictionProgress) -> Void, isCancelled: () -> Bool
    ) throws(SegmentationError) -> Tensor {
        let channels = data.shape[0]
        let patchCount = grid.patch.reduce(1, *)
        let shape = [heads] + grid.image
        let sums = FloatBuffer(repeating: 0, count: try checkedCount(shape, what: "the logits"))
        let input = FloatBuffer(uninitializedCount: channels * patchCount)
        var logits = FloatBuffer(uninitializedCount: heads * patchCount)
        var tileSum = FloatBuffer(uninitializedCount: heads * patchCount)
        let weights =
            useGaussian
            ? GaussianImportance.weights(grid.networkPatch).map { Float($0) } : [Float](repeating: 1, count: patchCount)
        let tiles = grid.tiles
        let total = tiles.count * mirrorings.count * foldCount
        var completed = 0
        for tile in tiles {
            for (number, axes) in mirrorings.enumerated() {
                let flips = (0..<3).map(axes.contains)
                cut(data.buffer.unsafeStorage, channels: channels, tile: tile, flips: flips, into: input.unsafeStorage)
                for fold in 0..<foldCount {
                    guard !isCancelled() else { throw .cancelled }
                    if number == 0 && fold == 0 {
                        var span = tileSum.mutableSpan
                        evaluate(fold, input.span, &span)
                    } else {
                        var span = logits.mutableSpan
                        evaluate(fold, input.span, &span)
                        add(logits.unsafeStorage, flips: flips, to: tileSum.unsafeStorage)
                    }
                    completed += 1
                    progress(PredictionProgress(completed: completed, total: total))
                }
            }
            accumulate(tileSum.unsafeStorage, weights, tile: tile, into: sums.unsafeStorage)
        }
        try divide(sums.unsafeStorage, weights)
        return Tensor(shape: shape, buffer: sums)
    }

    /// Copies a tile of every channel, mirrored where asked; what lies outside the case is zero.
    private func cut(
        _ data: UnsafeMutableBufferPointer<Float>, channels: Int, tile: [Int], flips: [Bool], into input: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = data.baseAddress, let target = input.baseAddress else { return }
        let (patch, image) = (grid.patch, grid.image)
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

    /// Adds mirrored logits the right way round.
    private func add(_ logits: UnsafeMutableBufferPointer<Float>, flips: [Bool], to sum: UnsafeMutableBufferPointer<Float>) {
        guard let source = logits.baseAddress, let target = sum.baseAddress else { return }
        let patch = grid.patch
        team.run(count: heads * patch[0]) { _, index in
            let (head, z) = (index / patch[0], index % patch[0])
            let sourcePlane = head * patch[0] + (flips[0] ? patch[0] - 1 - z : z)
            for y in 0..<patch[1] {
                let row = target + (index * patch[1] + y) * patch[2]
                let values = source + (sourcePlane * patch[1] + (flips[1] ? patch[1] - 1 - y : y)) * patch[2]
                if flips[2] {
                    let last = values + (patch[2] - 1)
                    for x in 0..<patch[2] { row[x] += last[-x] }
                } else {
                    for x in 0..<patch[2] { row[x] += values[x] }
                }
            }
        }
    }

    /// Adds a tile, weighted, where it lies in the case.
    private func accumulate(
        _ tileSum: UnsafeMutableBufferPointer<Float>, _ weights: [Float], tile: [Int], into sums: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = tileSum.baseAddress, let target = sums.baseAddress else { return }
        let (patch, image) = (grid.patch, grid.image)
        let ranges = (0..<3).map { max(0, tile[$0])..<min(image[$0], tile[$0] + patch[$0]) }
        weights.withUnsafeBufferPointer { weights in
            guard let weights = weights.baseAddress else { return }
            team.run(count: heads * ranges[0].count) { _, index in
                let (head, z) = (index / ranges[0].count, ranges[0].lowerBound + index % ranges[0].count)
                for y in ranges[1] {
                    let row = target + ((head * image[0] + z) * image[1] + y) * image[2] + ranges[2].lowerBound
                    let inPatch = ((z - tile[0]) * patch[1] + y - tile[1]) * patch[2] + ranges[2].lowerBound - tile[2]
                    let weight = weights + inPatch
                    let values = source + head * patch[0] * patch[1] * patch[2] + inPatch
                    for x in 0..<ranges[2].count { row[x] += values[x] * weight[x] }
                }
            }
        }
    }

    /// Divides by the sum of the weights, made row by row, and by the number of folds and mirrorings.
    private func divide(_ sums: UnsafeMutableBufferPointer<Float>, _ weights: [Float]) throws(SegmentationError) {
        guard let target = sums.baseAddress else { return }
        let (patch, image) = (grid.patch, grid.image)
        let factor = 1 / Float(mirrorings.count * foldCount)
        let starts = (0..<3).map { axis in grid.starts[axis].map { $0 - grid.padding[axis] } }
        var isFinite = [Bool](repeating: true, count: image[0])
        isFinite.withUnsafeMutableBufferPointer { isFinite in
            let isFinite = isFinite
            weights.withUnsafeBufferPointer { weights in
                guard let weights = weights.baseAddress else { return }
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
        }
        guard isFinite.allSatisfy({ $0 }) else { throw .notFinite(what: "the network's output") }
    }
}
