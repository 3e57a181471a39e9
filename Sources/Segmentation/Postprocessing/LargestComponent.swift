import Imaging
import Tensors

/// Sets every voxel with one of `values` to `background` unless it belongs to the largest component of them all together.
func keepLargestComponent(of values: [Int], background: Int, in labels: inout LabelMap, team: ThreadTeam) {
    var marked = [Bool](repeating: false, count: Int(UInt16.max) + 1)
    for value in values where marked.indices.contains(value) { marked[value] = true }
    let shape = labels.geometry.arrayShape
    let replacement = UInt16(truncatingIfNeeded: background)
    var voxels = labels.voxels.mutableSpan
    voxels.withUnsafeMutableBufferPointer { voxels in
        let voxels = voxels
        marked.withUnsafeBufferPointer { marked in
            let marked = marked
            var runs = VoxelRuns(shape: shape, team: team) { marked[Int(voxels[$0])] }
            let (component, count) = runs.components(.twentySix)
            var sizes = [Int](repeating: 0, count: count)
            for (run, number) in zip(runs.runs, component) { sizes[Int(number)] += Int(run.end - run.start) }
            guard let largest = sizes.max(), count > 1 else { return }
            for row in 0..<shape[0] * shape[1] {
                for run in runs.rowStarts[row]..<runs.rowStarts[row + 1] where sizes[Int(component[run])] < largest {
                    for x in runs.runs[run].start..<runs.runs[run].end { voxels[row * shape[2] + Int(x)] = replacement }
                }
            }
        }
    }
}
