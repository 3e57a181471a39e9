import Files
import Preprocessing
import Tensors

/// Softmax or sigmoid probabilities of one model at any block of the reader's grid.
struct ProbabilitySampler: Sendable {
    let view: GridView
    /// On the cropped case.
    let sampler: LogitSampler
    private let heads: Int
    private let hasRegions: Bool

    /// Samples logits that are all there.
    init(_ logits: Logits, team: ThreadTeam) throws(Problem) {
        self.init(logits, try LogitSampler(logits, team: team))
    }

    /// Samples logits of which only parts are there at a time; nil where every sample needs them all.
    init?(partsOf logits: Logits) throws(Problem) {
        guard let sampler = try LogitSampler(partsOf: logits) else { return nil }
        self.init(logits, sampler)
    }

    private init(_ logits: Logits, _ sampler: LogitSampler) {
        view = logits.view
        self.sampler = sampler
        heads = logits.model.labels.headCount
        hasRegions = logits.model.labels.hasRegions
    }

    /// What a thread needs for blocks of up to `block` (z, y, x) of the reader, vectors.
    func memorySize(block: [Int]) -> MemorySize {
        let sizes = view.axes.map { block[$0] }
        let width = vectorCount(sizes[2])
        return MemorySize(
            stretched: sampler.stretchedCount(block: sizes, width: width), row: width, channels: heads * sizes[0] * sizes[1] * width)
    }

    /// Sizes of a thread's memory, vectors.
    struct MemorySize {
        var stretched = 0
        var row = 0
        var channels = 0

        /// What serves one sampler after the other.
        static func largest(_ sizes: [MemorySize]) -> MemorySize {
            sizes.reduce(MemorySize()) {
                MemorySize(
                    stretched: max($0.stretched, $1.stretched), row: max($0.row, $1.row), channels: max($0.channels, $1.channels))
            }
        }
    }

    /// One thread's memory.
    struct Memory: ~Copyable {
        fileprivate var stretched: Buffer<RowVector>
        fileprivate var row: Buffer<RowVector>
        fileprivate var channels: Buffer<RowVector>

        init(_ size: MemorySize) {
            stretched = Buffer(repeating: .zero, count: size.stretched)
            row = Buffer(repeating: .zero, count: size.row)
            channels = Buffer(repeating: .zero, count: size.channels)
        }
    }

    /// Adds the probabilities of a block of the reader's grid to `sum`.
    ///
    /// - `target`: where the block goes among the scalars of `sum`, along the reader's axes.
    func add(box: [Range<Int>], to sum: inout Buffer<RowVector>, at target: BlockTarget, _ memory: inout Memory) {
        var vectors = sum.mutableSpan
        var sum = vectors.scalars
        let outer = view.axes.map { box[$0] }
        let inner = zip(outer, view.box).map { $0.clamped(to: $1) }
        let target = target.turned(to: view.axes)
        if !hasRegions && inner != outer { addBackground(outer, except: inner, to: &sum, target) }
        guard inner.allSatisfy({ !$0.isEmpty }) else { return }

        let cropped = zip(inner, view.box).map { $0.lowerBound - $1.lowerBound..<$0.upperBound - $1.lowerBound }
        let rows = sampler.rows(of: cropped)
        let rowCount = inner[0].count * inner[1].count
        for head in 0..<heads {
            sampler.stretch(rows, head: head, into: &memory.stretched)
            rows.forEach { number, z, y in
                let start = (head * rowCount + number) * rows.width
                sampler.join(rows, z: z, y: y, memory.stretched, into: &memory.channels, at: start)
            }
        }
        var channels = memory.channels.mutableSpan
        if hasRegions { sigmoid(&channels, count: heads * rowCount * rows.width) } else { softmax(&channels, count: rowCount * rows.width) }
        let (scalars, lanes) = (channels.span.scalars, rows.width * RowVector.scalarCount)
        let origin = zip(inner, outer).map { $0.lowerBound - $1.lowerBound }
        for head in 0..<heads {
            for number in 0..<rowCount {
                let start = target.start(
                    head, z: number / inner[1].count + origin[0], y: number % inner[1].count + origin[1], x: origin[2])
                let values = scalars.part((head * rowCount + number) * lanes, count: inner[2].count)
                target.addRow(values, to: &sum, start: start)
            }
        }
    }

    /// Outside the nonzero box the first label is certain.
    private func addBackground(
        _ outer: [Range<Int>], except inner: [Range<Int>], to sum: inout MutableSpan<Float>, _ target: BlockTarget
    ) {
        for z in outer[0] {
            for y in outer[1] {
                let row = target.start(0, z: z - outer[0].lowerBound, y: y - outer[1].lowerBound, x: 0)
                let isOutside = !inner[0].contains(z) || !inner[1].contains(y)
                for x in outer[2] where isOutside || !inner[2].contains(x) {
                    sum[row + (x - outer[2].lowerBound) * target.strides[2]] += 1
                }
            }
        }
    }

    private func sigmoid(_ values: inout MutableSpan<RowVector>, count: Int) {
        var values = values.part(0, count: count)
        for index in values.indices { values[index] = 1 / (1 + exponential(-values[index])) }
    }

    /// Over the heads, which lie `count` apart.
    private func softmax(_ values: inout MutableSpan<RowVector>, count: Int) {
        for index in 0..<count {
            var highest = values[index]
            for head in 1..<max(1, heads) { highest = pointwiseMax(highest, values[index + head * count]) }
            var total = RowVector.zero
            for head in 0..<heads {
                let value = exponential(values[index + head * count] - highest)
                total += value
                values[index + head * count] = value
            }
            for head in 0..<heads { values[index + head * count] /= total }
        }
    }
}
