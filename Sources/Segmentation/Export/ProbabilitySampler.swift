import Files
import Tensors

/// Softmax or sigmoid probabilities of one model at any block of the reader's grid.
struct ProbabilitySampler: Sendable {
    let view: GridView
    private let sampler: LogitSampler
    private let heads: Int
    private let hasRegions: Bool

    init(_ logits: Logits, team: ThreadTeam) throws(Problem) {
        view = logits.view
        sampler = try LogitSampler(logits, team: team)
        heads = logits.model.labels.headCount
        hasRegions = logits.model.labels.hasRegions
    }

    /// What one thread needs for blocks of up to `block` (z, y, x) of the reader.
    func memory(block: [Int]) -> Memory {
        let sizes = view.axes.map { block[$0] }
        let width = paddedWidth(sizes[2])
        return Memory(
            scratch: Scratch(count: sampler.scratchCount(block: sizes, width: width)), row: Scratch(count: width),
            channels: Scratch(count: heads * sizes[0] * sizes[1] * width))
    }

    /// One thread's memory.
    struct Memory: Sendable {
        fileprivate let scratch: Scratch
        fileprivate let row: Scratch
        fileprivate let channels: Scratch
    }

    /// Adds the probabilities of a block of the reader's grid to `sum`.
    ///
    /// - `sum`: where the block goes, along the reader's axes.
    func add(box: [Range<Int>], to sum: BlockTarget, _ memory: Memory) {
        let strides = view.axes.map { sum.strides[$0] }
        let outer = view.axes.map { box[$0] }
        let inner = zip(outer, view.box).map { $0.clamped(to: $1) }
        if !hasRegions && inner != outer { addBackground(outer, except: inner, to: sum.base + sum.channelOffsets[0], strides) }
        guard inner.allSatisfy({ !$0.isEmpty }) else { return }

        let cropped = zip(inner, view.box).map { $0.lowerBound - $1.lowerBound..<$0.upperBound - $1.lowerBound }
        let (rows, width) = (inner[0].count * inner[1].count, paddedWidth(inner[2].count))
        let channels = memory.channels.base
        for head in 0..<heads {
            var target = channels + head * rows * width
            sampler.forEachRow(head: head, box: cropped, scratch: memory.scratch.base, row: memory.row.base) { _, _, values in
                target.update(from: values, count: width)
                target += width
            }
        }
        if hasRegions { sigmoid(channels, count: heads * rows * width) } else { softmax(channels, count: rows * width) }
        let origin = zip(inner, outer).map { $0.lowerBound - $1.lowerBound }
        for head in 0..<heads {
            for row in 0..<rows {
                let (z, y) = (row / inner[1].count + origin[0], row % inner[1].count + origin[1])
                let source = channels + (head * rows + row) * width
                let target = sum.base + sum.channelOffsets[head] + z * strides[0] + y * strides[1] + origin[2] * strides[2]
                for x in 0..<inner[2].count { target[x * strides[2]] += source[x] }
            }
        }
    }

    /// Outside the nonzero box the first label is certain.
    private func addBackground(_ outer: [Range<Int>], except inner: [Range<Int>], to sum: UnsafeMutablePointer<Float>, _ strides: [Int]) {
        for z in outer[0] {
            for y in outer[1] {
                let row = sum + (z - outer[0].lowerBound) * strides[0] + (y - outer[1].lowerBound) * strides[1]
                let isOutside = !inner[0].contains(z) || !inner[1].contains(y)
                for x in outer[2] where isOutside || !inner[2].contains(x) { row[(x - outer[2].lowerBound) * strides[2]] += 1 }
            }
        }
    }

    private func sigmoid(_ values: UnsafeMutablePointer<Float>, count: Int) {
        for index in stride(from: 0, to: count, by: 8) {
            storeEight(1 / (1 + exponential(-loadEight(values + index))), values + index)
        }
    }

    /// Over the heads, which lie `count` apart.
    private func softmax(_ values: UnsafeMutablePointer<Float>, count: Int) {
        for index in stride(from: 0, to: count, by: 8) {
            let first = values + index
            var highest = loadEight(first)
            for head in 1..<max(1, heads) { highest = pointwiseMax(highest, loadEight(first + head * count)) }
            var total = SIMD8<Float>.zero
            for head in 0..<heads {
                let value = exponential(loadEight(first + head * count) - highest)
                total += value
                storeEight(value, first + head * count)
            }
            for head in 0..<heads { storeEight(loadEight(first + head * count) / total, first + head * count) }
        }
    }
}
