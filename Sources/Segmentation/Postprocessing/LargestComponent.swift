import Imaging
import Plans
import Tensors

/// Sets every voxel with one of a step's labels to the step's background unless it belongs to the largest component of these labels together,
/// for several steps in one look.
///
/// - `steps`: no two have a label in common, nor is a step's background a label of a later one; the result is that of one after the other.
func keepLargestComponents(of steps: ArraySlice<PostprocessingRecipe.Step>, in labels: inout LabelMap, team: ThreadTeam) {
    var marks = [UInt16](repeating: 0, count: Int(UInt16.max) + 1)
    var backgrounds: [UInt16] = [0]
    for step in steps {
        for value in step.labels where marks.indices.contains(value) { marks[value] = UInt16(backgrounds.count) }
        backgrounds.append(UInt16(truncatingIfNeeded: step.background))
    }
    let shape = labels.geometry.arrayShape
    var runs = VoxelRuns(labels.voxels.span, shape: shape, team: team, mark: { marks[Int($0)] })
    let (component, count) = runs.components(.twentySix)
    var sizes = [Int](repeating: 0, count: count)
    for (run, number) in zip(runs.runs, component) { sizes[Int(number)] += Int(run.end - run.start) }
    var largest = [Int](repeating: 0, count: backgrounds.count)
    for (run, number) in zip(runs.runs, component) { largest[Int(run.mark)] = max(largest[Int(run.mark)], sizes[Int(number)]) }
    var voxels = labels.voxels.mutableSpan
    for row in 0..<shape[0] * shape[1] {
        for index in runs.indices(ofRow: row) {
            let run = runs.runs[index]
            guard sizes[Int(component[index])] < largest[Int(run.mark)] else { continue }
            for x in run.start..<run.end { voxels[row * shape[2] + Int(x)] = backgrounds[Int(run.mark)] }
        }
    }
}
