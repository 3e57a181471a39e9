package import Files
import Imaging
import Preprocessing
package import Tensors

/// The label map of a case from its logits (nnU-Net's `convert_predicted_logits_to_segmentation_with_correct_shape`), as far as they are final.
///
/// Interpolation and arg-max run together block by block, so no array of the image's size exists but the labels themselves.
/// The result is on the reader's grid: 0 outside the nonzero box; the channel's index, or the region's value, inside.
package struct LabelExport: ~Copyable {
    private let logits: Logits
    private let team: ThreadTeam
    /// Nil until all logits are there, where the plans' splines can't interpolate a part.
    private var sampler: LogitSampler?
    private var voxels: Buffer<UInt16>

    /// Begins an export.
    ///
    /// - Parameters:
    ///   - logits: of which rows may be final, or none yet.
    ///   - team: does the work.
    /// - Throws: `Problem` where the logits do not fit the case.
    package init(_ logits: Logits, team: ThreadTeam) throws(Problem) {
        self.logits = logits
        self.team = team
        let count = try checkedCount(logits.view.readerShape, what: "the label map", bytes: 2)
        sampler = try LogitSampler(partsOf: logits)
        voxels = Buffer<UInt16>(repeating: 0, count: count, hugePages: false)
    }

    /// Decides every voxel that the final rows decide, and lets go of the logits that no other needs.
    ///
    /// - `rows`: final since the call before; the boxes come in the stream's order.
    package mutating func take(_ rows: FinalRows) throws(Problem) {
        let layout = logits.values.layout
        let isLast = rows.outer.upperBound == layout.image[layout.outerAxis] && rows.inner.upperBound == layout.image[layout.innerAxis]
        if sampler == nil, isLast {
            let whole = try LogitSampler(logits, team: team)
            sampler = whole
            return decide(whole, [0..<whole.shape[0], 0..<whole.shape[1]])
        }
        guard let sampler else { return }
        let (outer, inner) = (
            sampler.outputs(of: rows.outer, axis: layout.outerAxis), sampler.outputs(of: rows.inner, axis: layout.innerAxis)
        )
        decide(sampler, layout.outerAxis == 0 ? [outer, inner] : [inner, outer])
        logits.values.release(
            outer: sampler.inputsOnly(for: outer, axis: layout.outerAxis), inner: sampler.inputsOnly(for: inner, axis: layout.innerAxis))
    }

    /// The labels, once every row was taken.
    package consuming func labels() -> LabelArray { LabelArray(shape: logits.view.readerShape, voxels: voxels) }

    /// - `rows`: (z, y) of the cropped case.
    private mutating func decide(_ sampler: LogitSampler, _ rows: [Range<Int>]) {
        let (view, rule, team) = (logits.view, ChannelRule(logits.model.labels, wrapsAt256: true), team)
        let grid = BlockGrid(shape: sampler.shape, block: [4, 16], rows: rows)
        let layout = BlockLayout(grid, strides: view.strides, offset: view.offset)
        var voxels = voxels.mutableSpan
        team.forEachBlock(of: &voxels, layout, scratch: { DecisionMemory(sampler, rule, grid) }) { box, target, memory in
            memory.choice.reset()
            let rows = sampler.rows(of: box)
            for head in 0..<rule.headCount {
                sampler.stretch(rows, head: head, into: &memory.stretched)
                rows.forEach { number, z, y in
                    sampler.join(rows, z: z, y: y, memory.stretched, into: &memory.row)
                    memory.choice.take(head, memory.row, row: number)
                }
            }
            rows.forEach { number, z, y in
                let values = memory.choice.values(ofRow: number)
                target.setRow(z: z - box[0].lowerBound, y: y - box[1].lowerBound) { UInt16(truncatingIfNeeded: values[$0]) }
            }
        }
    }
}

/// One thread's memory.
private struct DecisionMemory: ~Copyable {
    var stretched: Buffer<RowVector>
    var row: Buffer<RowVector>
    var choice: ChannelChoice

    init(_ sampler: LogitSampler, _ rule: ChannelRule, _ grid: BlockGrid) {
        let width = vectorCount(grid.shape[2])
        stretched = Buffer(repeating: .zero, count: sampler.stretchedCount(block: grid.block, width: width))
        row = Buffer(repeating: .zero, count: width)
        // sigmoid(x) > 0.5 in float32 holds above 2⁻²⁴.
        choice = ChannelChoice(rule, threshold: 0x1p-24, rows: grid.block[0] * grid.block[1], width: width)
    }
}

extension Logits {
    /// Where the case lies in the reader's array.
    var view: GridView {
        GridView(
            readerShape: model.plans.transposeBackward.map { properties.shapeBeforeCropping[$0] }, axes: model.plans.transposeForward,
            box: properties.boundingBox)
    }
}
