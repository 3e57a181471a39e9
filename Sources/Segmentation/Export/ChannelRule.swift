import Plans
import Tensors

/// Which value a voxel gets from its channels.
struct ChannelRule: Sendable {
    let hasRegions: Bool
    /// The value written for each channel.
    let values: [Int32]

    var headCount: Int { values.count }

    /// - `wrapsAt256`: single models write through upstream's uint8 array where there are fewer than 255 foreground labels.
    init(_ labels: LabelScheme, wrapsAt256: Bool) {
        hasRegions = labels.hasRegions
        let mask: Int32 = wrapsAt256 && labels.foregroundLabels.count < 255 ? 0xFF : 0xFFFF
        values =
            labels.hasRegions
            ? labels.regionsClassOrder.map { Int32(truncatingIfNeeded: $0) & mask } : (0..<Int32(labels.headCount)).map { $0 }
    }
}

/// Rows are worked on in vectors of eight.
typealias RowVector = SIMD8<Float>

/// The vectors that a row of `width` voxels takes.
func vectorCount(_ width: Int) -> Int { (width + 7) / 8 }

/// The decision about the voxels of some rows, channel by channel; one for each thread.
struct ChannelChoice: ~Copyable {
    private let rule: ChannelRule
    /// Regions: a channel counts above this value.
    private let threshold: Float
    /// Vectors of a row.
    private let width: Int
    private var best: Buffer<RowVector>
    private var labels: Buffer<SIMD8<Int32>>

    /// - `width`: of a row, vectors.
    init(_ rule: ChannelRule, threshold: Float, rows: Int, width: Int) {
        self.rule = rule
        self.threshold = threshold
        self.width = width
        best = Buffer(repeating: .zero, count: rows * width)
        labels = Buffer(repeating: .zero, count: rows * width)
    }

    mutating func reset() {
        let start = RowVector(repeating: rule.hasRegions ? threshold : -.infinity)
        var scores = best.mutableSpan
        scores.fill(start)
        var decided = labels.mutableSpan
        decided.fill(.zero)
    }

    /// Labels: the first highest channel wins. Regions: every channel above the threshold overwrites the ones before.
    ///
    /// - Parameters:
    ///   - head: the channel.
    ///   - values: hold the row's logits or probabilities from `start` on.
    ///   - start: where the row begins in `values`.
    ///   - row: the row that they decide about.
    mutating func take(_ head: Int, _ values: borrowing Buffer<RowVector>, from start: Int = 0, row: Int) {
        let (label, values) = (SIMD8<Int32>(repeating: rule.values[head]), values.span.part(start, count: width))
        Self.compare(values, label, keepsBest: !rule.hasRegions, start: row * width, &best, &labels)
    }

    private static func compare(
        _ values: Span<RowVector>, _ label: SIMD8<Int32>, keepsBest: Bool, start: Int, _ best: inout Buffer<RowVector>,
        _ labels: inout Buffer<SIMD8<Int32>>
    ) {
        var allBest = best.mutableSpan
        var best = allBest.part(start, count: values.count)
        var allLabels = labels.mutableSpan
        var labels = allLabels.part(start, count: values.count)
        for x in values.indices {
            // Whole vectors in registers: replacing lanes in place goes through memory.
            let value = values[x]
            var (highest, decided) = (best[x], labels[x])
            let wins = value .> highest
            decided.replace(with: label, where: wins)
            labels[x] = decided
            guard keepsBest else { continue }
            highest.replace(with: value, where: wins)
            best[x] = highest
        }
    }

    /// The values of a row, padding included.
    @_lifetime(borrow self)
    func values(ofRow row: Int) -> Span<Int32> {
        labels.span.part(row * width, count: width).scalars
    }
}
