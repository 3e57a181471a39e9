import Tensors

/// The passes over one channel: every slice in its plane, then the lines across the slices.
struct ResamplingPasses {
    /// (z, y, x) before.
    let shape: [Int]
    let taps: [AxisTaps]
    let clipping: ImageResampling.Clipping
    let team: ThreadTeam

    private var rows: Int { taps[1].outputCount }
    private var columns: Int { taps[2].outputCount }
    private var plane: Int { rows * columns }

    func run(_ source: Span<Float>, _ destination: inout MutableSpan<Float>) {
        let range = clipping == .volume ? valueRange(source, team: team) : nil
        let planeIsIdentity = taps[1].isIdentity && taps[2].isIdentity
        if taps[0].width == 1 {
            resampleSlices(of: source, nearest(taps[0].indices), range: range, to: &destination)
        } else if planeIsIdentity {
            resampleAcross(source, range: range, to: &destination)
        } else {
            var middle = Buffer<Float>(uninitializedCount: shape[0] * plane)
            var slices = middle.mutableSpan
            // The clip of a whole volume comes after the last axis.
            resampleSlices(of: source, (0..<shape[0]).map { Slice(input: $0, outputs: $0..<$0 + 1) }, range: nil, to: &slices)
            resampleAcross(middle.span, range: range, to: &destination)
        }
    }

    /// One slice of the input and those of the output that it becomes.
    private struct Slice {
        let input: Int
        var outputs: Range<Int>
    }

    /// Nearest across the slices: only slices that are used are computed, each once; their outputs follow each other.
    private func nearest(_ indices: [Int]) -> [Slice] {
        var slices: [Slice] = []
        for (k, index) in indices.enumerated() {
            if let last = slices.last, last.input == index {
                slices[slices.count - 1].outputs = last.outputs.lowerBound..<k + 1
            } else {
                slices.append(Slice(input: index, outputs: k..<k + 1))
            }
        }
        return slices
    }

    private func resampleSlices(
        of source: Span<Float>, _ slices: [Slice], range: ClosedRange<Float>?, to destination: inout MutableSpan<Float>
    ) {
        let (plane, inputPlane) = (plane, shape[1] * shape[2])
        let places = slices.map { $0.outputs.lowerBound * plane..<$0.outputs.upperBound * plane }
        team.forEachPart(of: &destination, at: places, scratch: { SliceKernel(taps[1], taps[2]) }) { index, target, kernel in
            let slice = source.part(slices[index].input * inputPlane, count: inputPlane)
            let bounds = clipping == .slice ? finiteRange(slice) : range
            var first = target.part(0, count: plane)
            kernel.run(slice, &first, clip: bounds)
            for voxel in plane..<max(plane, target.count) { target[voxel] = target[voxel - plane] }
        }
    }

    private func resampleAcross(_ source: Span<Float>, range: ClosedRange<Float>?, to destination: inout MutableSpan<Float>) {
        let across = taps[0]
        let (plane, columns, limits) = (plane, columns, lineLimits(range))
        // A thread's block is one row of every slice.
        let layout = BlockLayout(BlockGrid(shape: [1, rows, columns], block: [1, 1]), channels: across.outputCount)
        team.forEachBlock(of: &destination, layout, scratch: { SplineLine(across) }) { box, block, line in
            let row = box[1].lowerBound * columns
            for start in stride(from: 0, to: columns, by: SplineLine.lanes) {
                let count = min(SplineLine.lanes, columns - start)
                line.take(source, start: row + start, step: plane, count: count)
                let outputs = line.outputs
                for z in 0..<across.outputCount {
                    var value = outputs[z]
                    if let limits { value = clamp(value, limits) }
                    var target = block.row(channel: z, z: 0, y: 0)
                    store(value, &target, start, count)
                }
            }
        }
    }
}
