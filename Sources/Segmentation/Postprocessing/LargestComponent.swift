import Imaging
import Tensors

/// Sets every voxel with one of `values` to `background` unless it belongs to the largest component of them all together.
func keepLargestComponent(of values: [Int], background: Int, in labels: inout LabelMap, team: ThreadTeam) {
    var marked = [Bool](repeating: false, count: Int(UInt16.max) + 1)
    for value in values where marked.indices.contains(value) { marked[value] = true }
    let shape = labels.geometry.arrayShape
    let replacement = UInt16(truncatingIfNeeded: background)
    var runs = VoxelRuns(labels.voxels.span, shape: shape, team: team) { marked[Int($0)] }
    let (component, count) = runs.components(.twentySix)
    var sizes = [Int](repeating: 0, count: count)
    for (run, number) in zip(runs.runs, component) { sizes[Int(number)] += Int(run.end - run.start) }
    guard let largest = sizes.max(), count > 1 else { return }
    var voxels = labels.voxels.mutableSpan
    for row in 0..<shape[0] * shape[1] {
        for run in runs.indices(ofRow: row) where sizes[Int(component[run])] < largest {
            for x in runs.runs[run].start..<runs.runs[run].end { voxels[row * shape[2] + Int(x)] = replacement }
        }
    }
}
