import Imaging
import Tensors

/// The average of several probability maps and the labels it gives, computed block by block on the reader's grid.
struct ProbabilityAverage {
    /// Where a member's probabilities come from.
    enum Source: Sendable {
        /// Computed from logits when a block needs them.
        case model(ProbabilitySampler)
        /// Given as an array.
        case array(ProbabilityMap)
    }

    /// In the order of their addition.
    let sources: [Source]
    /// (z, y, x).
    let readerShape: [Int]
    let rule: ChannelRule
    let team: ThreadTeam

    func export(keepProbabilities: Bool) throws(SegmentationError) -> ExportedCase {
        let volume = try checkedCount(readerShape, what: "the label map", bytes: 2)
        let shape = [rule.headCount] + readerShape
        let kept = FloatBuffer(uninitializedCount: keepProbabilities ? try checkedCount(shape, what: "the probabilities") : 0)
        let labels = decide(volume, keepProbabilities ? kept.unsafeStorage.baseAddress : nil)
        let map = keepProbabilities ? ProbabilityMap(values: Tensor(shape: shape, buffer: kept)) : nil
        return ExportedCase(labels: LabelArray(shape: readerShape, voxels: labels), probabilities: map)
    }

    private func decide(_ volume: Int, _ kept: UnsafeMutablePointer<Float>?) -> VoxelBuffer<UInt16> {
        var labels = VoxelBuffer<UInt16>(uninitializedCount: volume)
        let grid = BlockGrid(shape: readerShape, block: [2, 8])
        let width = paddedWidth(readerShape[2])
        let rows = grid.block[0] * grid.block[1]
        let workers = (0..<team.threadCount).map { _ in
            Worker(
                sum: Scratch(count: rule.headCount * rows * width),
                choice: ChannelChoice(rule, threshold: 0.5, rows: rows, width: width),
                memory: sources.map { source in
                    if case .model(let sampler) = source { sampler.memory(block: grid.block + [readerShape[2]]) } else { nil }
                })
        }
        var voxels = labels.mutableSpan
        voxels.withUnsafeMutableBufferPointer { voxels in
            guard let target = voxels.baseAddress else { return }
            team.run(count: grid.count) { worker, index in
                let (worker, box) = (workers[worker], grid.box(index))
                let count = box[0].count * box[1].count
                average(box, into: worker, width: width)
                worker.choice.reset()
                for (row, start) in rowStarts(box).enumerated() {
                    for head in 0..<rule.headCount {
                        let values = worker.sum.base + (head * count + row) * width
                        worker.choice.take(head, values, row: row)
                        if let kept { (kept + head * volume + start).update(from: values, count: readerShape[2]) }
                    }
                    worker.choice.write(row: row, count: readerShape[2], to: target + start, stride: 1)
                }
            }
        }
        return labels
    }

    /// Sums in float32 in the members' order and divides once, as upstream does.
    private func average(_ box: [Range<Int>], into worker: Worker, width: Int) {
        let channel = box[0].count * box[1].count * width
        let sum = worker.sum.base
        sum.update(repeating: 0, count: rule.headCount * channel)
        for (number, source) in sources.enumerated() {
            switch source {
            case .model(let sampler):
                if let memory = worker.memory[number] {
                    sampler.add(box: box, to: sum, channelStride: channel, rowStride: width, memory)
                }
            case .array(let map):
                guard let values = map.values.buffer.unsafeStorage.baseAddress else { continue }
                for head in 0..<rule.headCount {
                    for (row, start) in rowStarts(box).enumerated() {
                        let source = values + head * readerShape.reduce(1, *) + start
                        let target = sum + head * channel + row * width
                        for x in 0..<readerShape[2] { target[x] += source[x] }
                    }
                }
            }
        }
        guard sources.count > 1 else { return }
        let divisor = Float(sources.count)
        for index in 0..<rule.headCount * channel { sum[index] /= divisor }
    }

    /// Where the rows of a block start in the reader's array.
    private func rowStarts(_ box: [Range<Int>]) -> [Int] {
        box[0].flatMap { z in box[1].map { y in (z * readerShape[1] + y) * readerShape[2] } }
    }

    /// One thread's memory.
    private struct Worker {
        let sum: Scratch
        let choice: ChannelChoice
        let memory: [ProbabilitySampler.Memory?]
    }
}
