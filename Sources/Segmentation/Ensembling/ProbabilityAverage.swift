import Files
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

    /// One map, and how it lies in the average.
    struct Member: Sendable {
        let source: Source
        let alignment: MemberAlignment
    }

    /// In the order of their addition.
    let members: [Member]
    /// (z, y, x).
    let readerShape: [Int]
    let rule: ChannelRule
    let team: ThreadTeam

    func export(keepProbabilities: Bool) throws(Problem) -> ExportedCase {
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
                memory: members.map { member in
                    guard case .model(let sampler) = member.source else { return nil }
                    return sampler.memory(block: member.alignment.memberSizes(grid.block + [readerShape[2]]))
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
        for (number, member) in members.enumerated() {
            let seen = member.alignment.view(box, of: readerShape, strides: [box[1].count * width, width, 1])
            let target = BlockTarget(
                base: sum + seen.offset, channelOffsets: member.alignment.places.map { $0 * channel }, strides: seen.strides)
            switch member.source {
            case .model(let sampler):
                if let memory = worker.memory[number] { sampler.add(box: seen.box, to: target, memory) }
            case .array(let map): add(map, box: seen.box, to: target)
            }
        }
        guard members.count > 1 else { return }
        let divisor = Float(members.count)
        for index in 0..<rule.headCount * channel { sum[index] /= divisor }
    }

    /// Adds a block of an array, given along the array's axes.
    private func add(_ map: ProbabilityMap, box: [Range<Int>], to target: BlockTarget) {
        let shape = map.values.shape
        guard let values = map.values.buffer.unsafeStorage.baseAddress else { return }
        for head in 0..<shape[0] {
            for z in box[0] {
                for y in box[1] {
                    let source = values + ((head * shape[1] + z) * shape[2] + y) * shape[3] + box[2].lowerBound
                    let row = target.row(head, z: z - box[0].lowerBound, y: y - box[1].lowerBound)
                    for x in 0..<box[2].count { row[x * target.strides[2]] += source[x] }
                }
            }
        }
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

/// Where a member's block goes in the sum's memory, which may run along other axes.
struct BlockTarget {
    /// Of the block's first voxel along the member's axes, channel 0 of the ensemble.
    let base: UnsafeMutablePointer<Float>
    /// For each of the member's channels.
    let channelOffsets: [Int]
    /// Between neighbours along the member's axes (z, y, x); negative against the ensemble's.
    let strides: [Int]

    /// The start of a row of one of the member's channels.
    func row(_ channel: Int, z: Int, y: Int) -> UnsafeMutablePointer<Float> {
        base + channelOffsets[channel] + z * strides[0] + y * strides[1]
    }
}
