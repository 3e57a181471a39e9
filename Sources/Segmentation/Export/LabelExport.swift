package import Files
import Imaging
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

private func decide(_ sampler: LogitSampler, _ view: GridView, _ rule: ChannelRule, count: Int, _ team: ThreadTeam) -> VoxelBuffer<UInt16> {
    var labels = VoxelBuffer<UInt16>(repeating: 0, count: count)
    let grid = BlockGrid(shape: sampler.shape, block: [4, 16])
    let width = paddedWidth(sampler.shape[2])
    let strides = view.strides
    // sigmoid(x) > 0.5 in float32 holds above 2⁻²⁴.
    let workers = (0..<team.threadCount).map { _ in
        (
            scratch: Scratch(count: sampler.scratchCount(block: grid.block, width: width)), row: Scratch(count: width),
            choice: ChannelChoice(rule, threshold: 0x1p-24, rows: grid.block[0] * grid.block[1], width: width)
        )
    }
    var voxels = labels.mutableSpan
    voxels.withUnsafeMutableBufferPointer { voxels in
        guard let target = voxels.baseAddress?.advanced(by: view.offset) else { return }
        team.run(count: grid.count) { worker, index in
            let box = grid.box(index)
            let (scratch, row, choice) = workers[worker]
            choice.reset()
            for head in 0..<rule.headCount {
                sampler.forEachRow(head: head, box: box, scratch: scratch.base, row: row.base) { z, y, values in
                    choice.take(head, values, row: (z - box[0].lowerBound) * box[1].count + y - box[1].lowerBound)
                }
            }
            for (number, (z, y)) in box[0].flatMap({ z in box[1].map { (z, $0) } }).enumerated() {
                choice.write(row: number, count: box[2].count, to: target + z * strides[0] + y * strides[1], stride: strides[2])
            }
        }
    }
    return labels
}

extension Logits {
    /// Where the case lies in the reader's array.
    var view: GridView {
        GridView(
            readerShape: model.plans.transposeBackward.map { properties.shapeBeforeCropping[$0] }, axes: model.plans.transposeForward,
            box: properties.boundingBox)
    }
}
