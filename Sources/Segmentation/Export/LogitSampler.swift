import Files
import Tensors

/// Interpolates logits at any part of the case's own grid, without an array of the whole.
///
/// Linear (or nearest) and separable: the rows of the network's grid that a block needs are stretched along x once, each output row is then a
/// weighted sum of up to four of them. Coordinates are those of the cropped case in the network's axis order.
struct LogitSampler: Sendable {
    /// The cropped case, (z, y, x).
    let shape: [Int]
    private let logits: Logits
    /// Logits on the case's grid already; only for plans whose splines a block cannot interpolate.
    private let resampled: ProbabilityMap?
    private let taps: [AxisTaps]
    private let weights: [[Float]]

    init(_ logits: Logits, team: ThreadTeam) throws(Problem) {
        self.logits = logits
        let network = Array(logits.values.shape[1...])
        let target = logits.properties.shapeAfterCropping
        let (current, original) = logits.model.spacings(of: logits.properties)
        let resampling = try ImageResampling(
            logits.model.configuration.resampling.probabilities, from: network, to: target, current: current, new: original)
        guard resampling.outputShape == target else {
            throw .shapeMismatch(what: "the network's output", expected: target, found: resampling.outputShape)
        }
        shape = target
        if resampling.taps.contains(where: { $0.width > 2 }) {
            resampled = try Self.resample(logits, resampling, team: team)
            taps = target.map(AxisTaps.identity)
        } else {
            resampled = nil
            taps = resampling.taps
        }
        weights = taps.map { $0.weights.map { Float($0) } }
    }

    /// Cubic splines need all samples of a line: every head is resampled as an image.
    private static func resample(
        _ logits: Logits, _ resampling: ImageResampling, team: ThreadTeam
    ) throws(Problem) -> ProbabilityMap {
        let shape = [logits.values.shape[0]] + resampling.outputShape
        let result = FloatBuffer(uninitializedCount: try checkedCount(shape, what: "the resampled logits"))
        if let source = logits.values.buffer.unsafeStorage.baseAddress, let target = result.unsafeStorage.baseAddress {
            for head in 0..<shape[0] {
                resampling.apply(
                    source + head * resampling.inputShape.reduce(1, *), target + head * resampling.outputShape.reduce(1, *), team: team)
            }
        }
        return ProbabilityMap(values: Tensor(shape: shape, buffer: result))
    }

    /// The most values a block of this size can need as scratch.
    func scratchCount(block: [Int], width: Int) -> Int {
        let rows = (0..<2).map { axis in
            stride(from: 0, to: shape[axis], by: 1).map { start in
                inputRange(axis, start..<min(start + block[axis], shape[axis])).count
            }.max() ?? 0
        }
        return rows[0] * rows[1] * width
    }

    private func inputRange(_ axis: Int, _ outputs: Range<Int>) -> Range<Int> {
        let taps = taps[axis]
        let indices = taps.indices[outputs.lowerBound * taps.width..<outputs.upperBound * taps.width]
        return (indices.min() ?? 0)..<(indices.max() ?? -1) + 1
    }

    /// Gives every row of a block to `body` as `paddedWidth` values, the ones behind the block's width without meaning.
    ///
    /// - `box`: (z, y, x) of the cropped case. `row`: scratch of `paddedWidth` values; `scratch`: as `scratchCount` says.
    func forEachRow(
        head: Int, box: [Range<Int>], scratch: UnsafeMutablePointer<Float>, row: UnsafeMutablePointer<Float>,
        _ body: (_ z: Int, _ y: Int, _ values: UnsafeMutablePointer<Float>) -> Void
    ) {
        let width = paddedWidth(box[2].count)
        let (depths, heights) = (inputRange(0, box[0]), inputRange(1, box[1]))
        stretch(head: head, depths: depths, heights: heights, columns: box[2], width: width, into: scratch)
        for z in box[0] {
            for y in box[1] {
                var sources: InlineArray<4, (values: UnsafePointer<Float>, weight: Float)> = .init(
                    repeating: (UnsafePointer(scratch), 0))
                var count = 0
                for a in z * taps[0].width..<(z + 1) * taps[0].width where weights[0][a] != 0 {
                    for b in y * taps[1].width..<(y + 1) * taps[1].width where weights[1][b] != 0 {
                        let index = (taps[0].indices[a] - depths.lowerBound) * heights.count + taps[1].indices[b] - heights.lowerBound
                        sources[count] = (UnsafePointer(scratch + index * width), weights[0][a] * weights[1][b])
                        count += 1
                    }
                }
                join(sources, count, into: row, width: width)
                body(z, y, row)
            }
        }
    }

    /// Interpolates along x the rows of the network's grid that a block needs.
    private func stretch(
        head: Int, depths: Range<Int>, heights: Range<Int>, columns: Range<Int>, width: Int, into scratch: UnsafeMutablePointer<Float>
    ) {
        let values = (resampled?.values.buffer.unsafeStorage ?? logits.values.buffer.unsafeStorage).baseAddress
        guard let values else { return }
        let (depth, height, length) = (taps[0].inputCount, taps[1].inputCount, taps[2].inputCount)
        taps[2].indices.withUnsafeBufferPointer { indices in
            weights[2].withUnsafeBufferPointer { weights in
                for z in depths {
                    for y in heights {
                        let source = values + ((head * depth + z) * height + y) * length
                        let target = scratch + ((z - depths.lowerBound) * heights.count + y - heights.lowerBound) * width
                        if taps[2].isIdentity {
                            target.update(from: source + columns.lowerBound, count: columns.count)
                        } else if taps[2].width == 1 {
                            for x in columns { target[x - columns.lowerBound] = source[indices[x]] }
                        } else {
                            for x in columns {
                                target[x - columns.lowerBound] =
                                    source[indices[2 * x]] * weights[2 * x] + source[indices[2 * x + 1]] * weights[2 * x + 1]
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The weighted sum of one, two or up to four rows.
private func join(
    _ sources: InlineArray<4, (values: UnsafePointer<Float>, weight: Float)>, _ count: Int, into row: UnsafeMutablePointer<Float>,
    width: Int
) {
    let (a, b, c, d) = (sources[0], sources[1], sources[2], sources[3])
    switch count {
    case 1:
        for x in stride(from: 0, to: width, by: 8) { storeEight(loadEight(a.values + x) * a.weight, row + x) }
    case 2:
        for x in stride(from: 0, to: width, by: 8) {
            storeEight(loadEight(a.values + x) * a.weight + loadEight(b.values + x) * b.weight, row + x)
        }
    default:
        // A missing row has weight 0.
        for x in stride(from: 0, to: width, by: 8) {
            let upper = loadEight(a.values + x) * a.weight + loadEight(b.values + x) * b.weight
            storeEight(upper + loadEight(c.values + x) * c.weight + loadEight(d.values + x) * d.weight, row + x)
        }
    }
}
