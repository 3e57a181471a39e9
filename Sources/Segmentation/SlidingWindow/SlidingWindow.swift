package import Files
import Preprocessing
import Synchronization
package import Tensors

/// Moves a network over one case and joins the tiles' logits (nnU-Net's `predict_sliding_window_return_logits`).
///
/// The network adds the weighted logits of every tile, fold and mirroring to the case's float32 sums, which hold only the case itself: padding
/// is never stored. Upstream's sums are float16; these lie closer to exact arithmetic.
///
/// The window goes over the case in strips of tiles that lie beside each other along x: every fold and mirroring of one strip, then the next
/// strip along the inner axis, then the next along the outer one. Behind each strip some rows are final, and whoever exports them may let
/// go of them, so that the memory of the sums does not grow with the case's length along the outer axis.
package struct SlidingWindow {
    let grid: SlidingWindowGrid
    let heads: Int
    /// The combinations of axes, without mirroring first; axes of the three-axis patch.
    let mirrorings: [[Int]]
    let foldCount: Int
    let useGaussian: Bool
    let team: ThreadTeam
    private let strips: StripPlan

    /// - `mirrorings`: the empty combination first.
    package init(
        grid: SlidingWindowGrid, heads: Int, mirrorings: [[Int]], foldCount: Int = 1, useGaussian: Bool = true, team: ThreadTeam
    ) {
        self.grid = grid
        self.heads = heads
        self.mirrorings = mirrorings
        self.foldCount = foldCount
        self.useGaussian = useGaussian
        self.team = team
        strips = StripPlan(grid)
    }

    /// Adds the logits of one input (channels, patch), computed with the weights of one fold, to the case's.
    package typealias Evaluation = (
        _ fold: Int, _ input: Span<Float>, _ placement: PatchPlacement, _ accumulator: borrowing LogitAccumulator
    ) -> Void

    /// How far a window is over its case.
    package struct Pass: ~Copyable {
        /// The case's logits; sums until their rows are final.
        package let sums: LogitVolume
        fileprivate let accumulator: LogitAccumulator
        /// One tile.
        fileprivate var input: Buffer<Float>
        fileprivate var strips: ArraySlice<Strip>
        fileprivate var completed = 0
    }

    /// Begins a case of so many channels.
    package func begin(channels: Int) throws(Problem) -> Pass {
        let layout = LogitLayout(heads: heads, image: grid.image, outerAxis: strips.outerAxis)
        _ = try checkedCount([heads, layout.headStride] + grid.image[..<2], what: "the logits")
        guard let sums = LogitVolume(layout) else { throw .tooLarge(what: "the logits", shape: [heads] + grid.image) }
        return Pass(
            sums: sums, accumulator: LogitAccumulator(patch: grid.patch, weights: weights, sums: sums),
            input: Buffer<Float>(uninitializedCount: channels * grid.patch.reduce(1, *)), strips: strips.list[...])
    }

    /// Evaluates the next strip of tiles.
    ///
    /// - Parameters:
    ///   - pass: what `begin` gave.
    ///   - data: the case (channels, z, y, x).
    ///   - evaluate: called for every tile, fold and mirroring.
    ///   - progress: called after every evaluation.
    ///   - isCancelled: asked before every evaluation; true ends with `Problem.cancelled`.
    /// - Returns: the rows that are final now; nil where no strip is left.
    /// - Throws: `Problem.cancelled`, or for logits that are not finite.
    package func advance(
        _ pass: inout Pass, _ data: borrowing Tensor, evaluate: Evaluation, progress: (PredictionProgress) -> Void,
        isCancelled: () -> Bool
    ) throws(Problem) -> FinalRows? {
        guard let strip = pass.strips.popFirst() else { return nil }
        let total = strips.list.count * strip.columns.count * mirrorings.count * foldCount
        for fold in 0..<foldCount {
            for tile in strip.starts {
                for axes in mirrorings {
                    guard !isCancelled() else { throw .cancelled }
                    let placement = PatchPlacement(start: tile, flips: (0..<3).map(axes.contains))
                    var target = pass.input.mutableSpan
                    cut(data.buffer.span, placement, into: &target)
                    evaluate(fold, pass.input.span, placement, pass.accumulator)
                    pass.completed += 1
                    progress(PredictionProgress(completed: pass.completed, total: total))
                }
            }
        }
        guard divide(pass.sums, strip.rows, pass.accumulator.weights.span) else { throw .notFinite(what: "the network's output") }
        return strip.rows
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
    private func cut(_ source: Span<Float>, _ placement: PatchPlacement, into input: inout MutableSpan<Float>) {
        let (patch, image, tile, flips) = (grid.patch, grid.image, placement.start, placement.flips)
        // The columns of the patch that lie in the image, before mirroring.
        let left = min(max(0, -tile[2]), patch[2])
        let right = max(left, min(patch[2], image[2] - tile[2]))
        team.forEachPart(of: &input, size: patch[1] * patch[2]) { index, plane in
            let (channel, z) = (index / patch[0], index % patch[0])
            let sourceZ = tile[0] + (flips[0] ? patch[0] - 1 - z : z)
            for y in 0..<patch[1] {
                var row = plane.part(y * patch[2], count: patch[2])
                let sourceY = tile[1] + (flips[1] ? patch[1] - 1 - y : y)
                guard 0..<image[0] ~= sourceZ, 0..<image[1] ~= sourceY, left < right else {
                    row.fill(0)
                    continue
                }
                let start = ((channel * image[0] + sourceZ) * image[1] + sourceY) * image[2] + tile[2]
                copy(source.part(start + left, count: right - left), to: &row, from: left, isFlipped: flips[2])
            }
        }
    }

    /// Places a row's values, of which the first stands at `left` before mirroring; zeros around them.
    private func copy(_ values: Span<Float>, to row: inout MutableSpan<Float>, from left: Int, isFlipped: Bool) {
        let start = isFlipped ? row.count - left - values.count : left
        for x in 0..<start { row[x] = 0 }
        var middle = row.part(start, count: values.count)
        if isFlipped {
            for x in middle.indices { middle[x] = values[values.count - 1 - x] }
        } else {
            middle.copy(values)
        }
        for x in start + values.count..<row.count { row[x] = 0 }
    }

    /// Divides by the sum of the weights, made row by row, and by the number of folds and mirrorings.
    ///
    /// - Returns: whether every value is finite.
    private func divide(_ sums: LogitVolume, _ rows: FinalRows, _ weights: Span<Float>) -> Bool {
        let (layout, factor) = (sums.layout, 1 / Float(mirrorings.count * foldCount))
        let isFinite = Atomic(true)
        for slice in rows.outer {
            sums.forEachPlace(outer: slice, inner: rows.inner, team: team) { inner, place in
                var scales = Buffer<Float>(repeating: 0, count: grid.image[2])
                var scale = scales.mutableSpan
                let (z, y) = layout.outerAxis == 0 ? (slice, inner) : (inner, slice)
                addWeights(z: z, y: y, weights, to: &scale)
                for x in scale.indices { scale[x] = factor / scale[x] }
                var check: Float = 0
                for head in 0..<heads {
                    var row = place.part(head * layout.headStride, count: scale.count)
                    for x in scale.indices { row[x] *= scale[x] }
                    // Zero times anything that is not finite is not zero.
                    for x in scale.indices { check += row[x] * 0 }
                }
                if check != 0 { isFinite.store(false, ordering: .relaxed) }
            }
        }
        return isFinite.load(ordering: .relaxed)
    }

    /// Adds the weights that the tiles give to one row of the case.
    private func addWeights(z: Int, y: Int, _ weights: Span<Float>, to row: inout MutableSpan<Float>) {
        let (patch, starts) = (grid.patch, grid.imageStarts)
        for startZ in starts[0] where startZ <= z && z < startZ + patch[0] {
            for startY in starts[1] where startY <= y && y < startY + patch[1] {
                let tileRow = weights.part(((z - startZ) * patch[1] + y - startY) * patch[2], count: patch[2])
                for startX in starts[2] {
                    let range = max(0, startX)..<min(row.count, startX + patch[2])
                    var covered = row.part(range.lowerBound, count: range.count)
                    let part = tileRow.part(range.lowerBound - startX, count: range.count)
                    for x in covered.indices { covered[x] += part[x] }
                }
            }
        }
    }
}
