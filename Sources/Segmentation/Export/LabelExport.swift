package import Files
import Imaging
import Preprocessing
package import Tensors

/// The label map of a case from its logits (nnU-Net's `convert_predicted_logits_to_segmentation_with_correct_shape`).
///
/// Interpolation and arg-max run together block by block, so no array of the image's size exists but the labels themselves.
/// The result is on the reader's grid: 0 outside the nonzero box; the channel's index, or the region's value, inside.
package func exportLabels(_ logits: Logits, team: ThreadTeam) throws(Problem) -> LabelArray {
    let sampler = try LogitSampler(logits, team: team)
    let view = logits.view
    let count = try checkedCount(view.readerShape, what: "the label map", bytes: 2)
    let labels = decide(sampler, view, ChannelRule(logits.model.labels, wrapsAt256: true), count: count, team)
    return LabelArray(shape: view.readerShape, voxels: labels)
}

private func decide(_ sampler: LogitSampler, _ view: GridView, _ rule: ChannelRule, count: Int, _ team: ThreadTeam) -> Buffer<UInt16> {
    var labels = Buffer<UInt16>(repeating: 0, count: count, hugePages: false)
    let grid = BlockGrid(shape: sampler.shape, block: [4, 16])
    let layout = BlockLayout(grid, strides: view.strides, offset: view.offset)
    var voxels = labels.mutableSpan
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
    return labels
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
