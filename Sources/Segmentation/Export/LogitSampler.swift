import Files
import Preprocessing
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

    /// Samples logits that are all there.
    init(_ logits: Logits, team: ThreadTeam) throws(Problem) {
        let resampling = try Self.resampling(of: logits)
        self.init(logits, resampling, resampled: resampling.isLocal ? nil : try Self.resample(logits, resampling, team: team))
    }

    /// Samples logits of which only parts are there at a time; nil where every sample needs them all.
    init?(partsOf logits: Logits) throws(Problem) {
        let resampling = try Self.resampling(of: logits)
        guard resampling.isLocal else { return nil }
        self.init(logits, resampling, resampled: nil)
    }

    private init(_ logits: Logits, _ resampling: ImageResampling, resampled: ProbabilityMap?) {
        self.logits = logits
        self.resampled = resampled
        shape = resampling.outputShape
        taps = resampled == nil ? resampling.taps : resampling.outputShape.map(AxisTaps.identity)
        weights = taps.map { $0.weights.map { Float($0) } }
    }

    private static func resampling(of logits: Logits) throws(Problem) -> ImageResampling {
        let target = logits.properties.shapeAfterCropping
        let (current, original) = logits.model.spacings(of: logits.properties)
        let resampling = ImageResampling(
            logits.model.configuration.resampling.probabilities, from: logits.values.layout.image, to: target, current: current,
            new: original)
        guard resampling.outputShape == target else {
            throw .shapeMismatch(what: "the network's output", expected: target, found: resampling.outputShape)
        }
        return resampling
    }

    /// The outputs along an axis that need some of these inputs and none behind them.
    ///
    /// - `inputs`: a range that begins where one before it ended.
    func outputs(of inputs: Range<Int>, axis: Int) -> Range<Int> {
        outputs(axis, below: inputs.lowerBound)..<outputs(axis, below: inputs.upperBound)
    }

    /// How many outputs, from the first on, need only inputs before this one.
    private func outputs(_ axis: Int, below input: Int) -> Int {
        guard input < taps[axis].inputCount else { return taps[axis].outputCount }
        let width = taps[axis].width
        return (0..<taps[axis].outputCount).first { output in
            taps[axis].indices[output * width..<(output + 1) * width].contains { $0 >= input }
        } ?? taps[axis].outputCount
    }

    /// The inputs along an axis that these outputs need and no later one does.
    func inputsOnly(for outputs: Range<Int>, axis: Int) -> Range<Int> {
        firstInput(axis, of: outputs.lowerBound)..<firstInput(axis, of: outputs.upperBound)
    }

    /// The first input that an output, or any behind it, needs.
    private func firstInput(_ axis: Int, of output: Int) -> Int {
        guard output > 0 else { return 0 }
        guard output < taps[axis].outputCount else { return taps[axis].inputCount }
        return taps[axis].indices[(output * taps[axis].width)...].min() ?? taps[axis].inputCount
    }

    /// Splines of a higher order need all samples of a line: every head is resampled as an image.
    private static func resample(
        _ logits: Logits, _ resampling: ImageResampling, team: ThreadTeam
    ) throws(Problem) -> ProbabilityMap {
        let shape = [logits.values.layout.heads] + resampling.outputShape
        var result = Buffer<Float>(uninitializedCount: try checkedCount(shape, what: "the resampled logits"))
        apply(resampling, to: logits.values.buffer, logits.values.layout, into: &result, team: team)
        return ProbabilityMap(values: Tensor(shape: shape, buffer: result))
    }

    private static func apply(
        _ resampling: ImageResampling, to logits: borrowing FloatBuffer, _ layout: LogitLayout, into result: inout Buffer<Float>,
        team: ThreadTeam
    ) {
        let (logits, outputCount) = (logits.span, resampling.outputShape.reduce(1, *))
        var channel = Buffer<Float>(uninitializedCount: resampling.inputShape.reduce(1, *))
        var values = result.mutableSpan
        for head in 0..<layout.heads {
            var rows = channel.mutableSpan
            team.forEachPart(of: &rows, size: layout.image[2]) { index, row in
                let start = layout.start(head: head, z: index / layout.image[1], y: index % layout.image[1])
                row.copy(logits.part(start, count: row.count))
            }
            var target = values.part(head * outputCount, count: outputCount)
            resampling.apply(channel.span, &target, team: team)
        }
    }

    /// The rows of a block, and those of the network's grid that they are made of.
    struct Rows {
        /// (z, y, x) of the cropped case.
        let box: [Range<Int>]
        /// (z, y) of the network's grid.
        fileprivate let inputs: [Range<Int>]
        /// Vectors of a row.
        let width: Int

        /// Gives every row's number in the block and its place (z, y) in the cropped case.
        @inline(__always)
        func forEach(_ body: (_ number: Int, _ z: Int, _ y: Int) -> Void) {
            var number = 0
            for z in box[0] {
                for y in box[1] {
                    body(number, z, y)
                    number += 1
                }
            }
        }
    }

    /// What a block needs.
    ///
    /// - `box`: (z, y, x) of the cropped case.
    func rows(of box: [Range<Int>]) -> Rows {
        Rows(box: box, inputs: (0..<2).map { inputRange($0, box[$0]) }, width: vectorCount(box[2].count))
    }

    /// The most vectors that the stretched rows of a block of this size can need.
    ///
    /// - `block`: (z, y). `width`: of a row, vectors.
    func stretchedCount(block: [Int], width: Int) -> Int {
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

    /// Interpolates along x the rows of the network's grid that a block needs.
    func stretch(_ rows: Rows, head: Int, into stretched: inout Buffer<RowVector>) {
        if let resampled {
            let (shape, count) = (shape, shape[1] * shape[2])
            stretch(rows, of: resampled.values.buffer, into: &stretched) { z, y in (head * shape[0] + z) * count + y * shape[2] }
        } else {
            let layout = logits.values.layout
            stretch(rows, of: logits.values.buffer, into: &stretched) { z, y in layout.start(head: head, z: z, y: y) }
        }
    }

    /// - `place`: where a row of the network's grid begins.
    @inline(__always)
    private func stretch(
        _ rows: Rows, of values: borrowing FloatBuffer, into stretched: inout Buffer<RowVector>, place: (_ z: Int, _ y: Int) -> Int
    ) {
        let (length, values, weights) = (taps[2].inputCount, values.span, weights[2])
        var target = stretched.mutableSpan
        var start = 0
        for z in rows.inputs[0] {
            for y in rows.inputs[1] {
                var row = target.part(start, count: rows.width)
                var scalars = row.scalars
                taps[2].stretch(values.part(place(z, y), count: length), columns: rows.box[2], weights: weights.span, into: &scalars)
                start += rows.width
            }
        }
    }

    /// One row of a block from its stretched rows: `rows.width` vectors, the last one's lanes behind the block's width without meaning.
    ///
    /// - `start`: where the row goes in `target`.
    func join(
        _ rows: Rows, z: Int, y: Int, _ stretched: borrowing Buffer<RowVector>, into target: inout Buffer<RowVector>, at start: Int = 0
    ) {
        var sources: InlineArray<4, (start: Int, weight: Float)> = .init(repeating: (0, 0))
        var count = 0
        for a in z * taps[0].width..<(z + 1) * taps[0].width where weights[0][a] != 0 {
            for b in y * taps[1].width..<(y + 1) * taps[1].width where weights[1][b] != 0 {
                let place =
                    (taps[0].indices[a] - rows.inputs[0].lowerBound) * rows.inputs[1].count + taps[1].indices[b]
                    - rows.inputs[1].lowerBound
                sources[count] = (place * rows.width, weights[0][a] * weights[1][b])
                count += 1
            }
        }
        var vectors = target.mutableSpan
        var row = vectors.part(start, count: rows.width)
        add(sources, count, of: stretched.span, into: &row)
    }
}

/// The weighted sum of one, two or up to four rows.
private func add(
    _ sources: InlineArray<4, (start: Int, weight: Float)>, _ count: Int, of rows: Span<RowVector>, into row: inout MutableSpan<RowVector>
) {
    let (a, b) = (rows.part(sources[0].start, count: row.count), rows.part(sources[1].start, count: row.count))
    let (c, d) = (rows.part(sources[2].start, count: row.count), rows.part(sources[3].start, count: row.count))
    let (u, v, w, t) = (sources[0].weight, sources[1].weight, sources[2].weight, sources[3].weight)
    switch count {
    case 1: for x in row.indices { row[x] = a[x] * u }
    case 2: for x in row.indices { row[x] = a[x] * u + b[x] * v }
    default:
        // A missing row has weight 0.
        for x in row.indices {
            let upper = a[x] * u + b[x] * v
            row[x] = upper + c[x] * w + d[x] * t
        }
    }
}
