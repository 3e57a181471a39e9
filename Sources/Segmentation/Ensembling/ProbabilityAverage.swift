import Files
import Imaging
import Preprocessing
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

    /// What comes out of it.
    struct Result: ~Copyable {
        fileprivate var labels: Buffer<UInt16>
        /// (head, z, y, x); empty where they are not kept.
        fileprivate var probabilities: Buffer<Float>
    }

    /// Everything at once.
    func export(keepProbabilities: Bool) throws(Problem) -> ExportedCase {
        var result = try begin(keepProbabilities: keepProbabilities)
        decide([0..<readerShape[0], 0..<readerShape[1]], into: &result)
        return end(result)
    }

    /// Memory for the result.
    func begin(keepProbabilities: Bool) throws(Problem) -> Result {
        let volume = try checkedCount(readerShape, what: "the label map", bytes: 2)
        let kept = keepProbabilities ? try checkedCount([rule.headCount] + readerShape, what: "the probabilities") : 0
        return Result(
            labels: Buffer<UInt16>(uninitializedCount: volume, hugePages: false), probabilities: Buffer<Float>(uninitializedCount: kept))
    }

    /// The result, once every row was decided.
    func end(_ result: consuming Result) -> ExportedCase {
        let shape = [rule.headCount] + readerShape
        let labels = result.labels, probabilities = result.probabilities
        let map = probabilities.count > 0 ? ProbabilityMap(values: Tensor(shape: shape, buffer: probabilities)) : nil
        return ExportedCase(labels: LabelArray(shape: readerShape, voxels: labels), probabilities: map)
    }

    /// Decides the voxels of some rows.
    ///
    /// - `rows`: (z, y) of the reader's grid.
    func decide(_ rows: [Range<Int>], into result: inout Result) {
        decide(rows, &result.labels, &result.probabilities)
    }

    private func decide(_ rows: [Range<Int>], _ labels: inout Buffer<UInt16>, _ kept: inout Buffer<Float>) {
        let keepProbabilities = kept.count > 0
        let grid = BlockGrid(shape: readerShape, block: [2, 8], rows: rows)
        let width = vectorCount(readerShape[2])
        let layout = BlockLayout(grid, channels: keepProbabilities ? rule.headCount : 0)
        var voxels = labels.mutableSpan
        var probabilities = kept.mutableSpan
        team.forEachBlock(
            of: &voxels, BlockLayout(grid), and: &probabilities, layout, scratch: { Worker(self, grid, width: width) }
        ) { box, target, kept, worker in
            average(box, into: &worker, width: width)
            worker.choice.reset()
            let rows = box[0].count * box[1].count
            for row in 0..<rows {
                let (z, y) = (row / box[1].count, row % box[1].count)
                for head in 0..<rule.headCount {
                    let start = (head * rows + row) * width
                    worker.choice.take(head, worker.sum, from: start, row: row)
                    guard keepProbabilities else { continue }
                    var keptRow = kept.row(channel: head, z: z, y: y)
                    keptRow.copy(worker.sum.span.part(start, count: width).scalars.part(0, count: readerShape[2]))
                }
                let decided = worker.choice.values(ofRow: row)
                target.setRow(z: z, y: y) { UInt16(truncatingIfNeeded: decided[$0]) }
            }
        }
    }

    /// Sums in float32 in the members' order and divides once, as upstream does.
    private func average(_ box: [Range<Int>], into worker: inout Worker, width: Int) {
        let row = width * RowVector.scalarCount
        let channel = box[0].count * box[1].count * row
        let count = rule.headCount * channel
        worker.updateSum(count: count) { _ in .zero }
        for member in members {
            let seen = member.alignment.view(box, of: readerShape, strides: [box[1].count * row, row, 1])
            let target = BlockTarget(
                offset: seen.offset, channelOffsets: member.alignment.places.map { $0 * channel }, strides: seen.strides)
            switch member.source {
            case .model(let sampler): sampler.add(box: seen.box, to: &worker.sum, at: target, &worker.memory)
            case .array(let map): add(map.values, box: seen.box, to: &worker.sum, at: target)
            }
        }
        guard members.count > 1 else { return }
        let divisor = Float(members.count)
        worker.updateSum(count: count) { $0 / divisor }
    }

    /// Adds a block of an array, given along the array's axes.
    private func add(_ map: borrowing Tensor, box: [Range<Int>], to sum: inout Buffer<RowVector>, at target: BlockTarget) {
        var vectors = sum.mutableSpan
        var sum = vectors.scalars
        let (shape, values) = (map.shape, map.buffer.span)
        for head in 0..<shape[0] {
            for z in box[0] {
                for y in box[1] {
                    let row = values.part(
                        ((head * shape[1] + z) * shape[2] + y) * shape[3] + box[2].lowerBound, count: box[2].count)
                    let start = target.start(head, z: z - box[0].lowerBound, y: y - box[1].lowerBound, x: 0)
                    target.addRow(row, to: &sum, start: start)
                }
            }
        }
    }

    /// One thread's memory.
    private struct Worker: ~Copyable {
        var sum: Buffer<RowVector>
        var choice: ChannelChoice
        /// Of one member after the other.
        var memory: ProbabilitySampler.Memory

        /// - `width`: of a row, vectors.
        init(_ average: ProbabilityAverage, _ grid: BlockGrid, width: Int) {
            let rows = grid.block[0] * grid.block[1]
            sum = Buffer(repeating: .zero, count: average.rule.headCount * rows * width)
            choice = ChannelChoice(average.rule, threshold: 0.5, rows: rows, width: width)
            let sizes = average.members.compactMap { member -> ProbabilitySampler.MemorySize? in
                guard case .model(let sampler) = member.source else { return nil }
                return sampler.memorySize(block: member.alignment.memberSizes(grid.block + [grid.shape[2]]))
            }
            memory = ProbabilitySampler.Memory(.largest(sizes))
        }

        /// Replaces the first `count` scalars, whole vectors of them.
        @inline(__always)
        mutating func updateSum(count: Int, _ update: (RowVector) -> RowVector) {
            var all = sum.mutableSpan
            var used = all.part(0, count: count / RowVector.scalarCount)
            for index in used.indices { used[index] = update(used[index]) }
        }
    }
}
