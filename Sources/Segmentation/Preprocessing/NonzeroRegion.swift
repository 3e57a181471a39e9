package import Tensors

/// The part of an image that is not zero (nnU-Net's `crop_to_nonzero`).
package enum NonzeroRegion {
    /// The smallest box with every voxel that is nonzero in some channel; NaN counts as nonzero. The whole extent when there is none.
    ///
    /// - `values`: (channel, z, y, x) of `shape` for each channel.
    package static func boundingBox(_ values: UnsafePointer<Float>, channels: Int, shape: [Int], team: ThreadTeam) -> [Range<Int>] {
        let (rows, columns) = (shape[1], shape[2])
        var extents = [Extent](repeating: Extent(), count: shape[0])
        extents.withUnsafeMutableBufferPointer { extents in
            let extents = extents
            team.run(count: shape[0]) { _, z in
                var extent = Extent()
                for channel in 0..<channels {
                    for y in 0..<rows {
                        let row = values + ((channel * shape[0] + z) * rows + y) * columns
                        guard let first = (0..<columns).first(where: { row[$0] != 0 }) else { continue }
                        var last = columns - 1
                        while row[last] == 0 { last -= 1 }
                        extent.include(y: y, first: first, last: last)
                    }
                }
                extents[z] = extent
            }
        }
        guard let top = extents.firstIndex(where: { !$0.isEmpty }), let bottom = extents.lastIndex(where: { !$0.isEmpty }) else {
            return shape.map { 0..<$0 }
        }
        let all = extents.reduce(into: Extent()) { $0.join($1) }
        return [top..<bottom + 1, all.top..<all.bottom + 1, all.left..<all.right + 1]
    }

    /// Sets every byte whose voxel is not zero.
    package static func mark(_ values: UnsafePointer<Float>, in mask: UnsafeMutableBufferPointer<UInt8>, team: ThreadTeam) {
        let block = 1 << 18
        team.run(count: (mask.count + block - 1) / block) { _, part in
            for index in part * block..<min((part + 1) * block, mask.count) where values[index] != 0 { mask[index] = 1 }
        }
    }

    /// Sets the holes: zeros from which no face-connected path of zeros leads out (SciPy's `binary_fill_holes` in 3D).
    ///
    /// - `mask`: one byte for each voxel of the nonzero voxels' box; beyond it there are only zeros.
    package static func fillHoles(_ mask: UnsafeMutableBufferPointer<UInt8>, shape: [Int], team: ThreadTeam) {
        var holes = VoxelRuns(shape: shape, team: team) { mask[$0] == 0 }
        let (component, count) = holes.components(.six)
        var isOpen = [Bool](repeating: false, count: count)
        func forEachRun(_ body: (_ row: Int, _ run: VoxelRuns.Run, _ component: Int) -> Void) {
            for row in 0..<shape[0] * shape[1] {
                for index in holes.rowStarts[row]..<holes.rowStarts[row + 1] { body(row, holes.runs[index], Int(component[index])) }
            }
        }
        forEachRun { row, run, component in
            let (z, y) = (row / shape[1], row % shape[1])
            let touches = z == 0 || z == shape[0] - 1 || y == 0 || y == shape[1] - 1 || run.start == 0 || Int(run.end) == shape[2]
            if touches { isOpen[component] = true }
        }
        forEachRun { row, run, component in
            guard !isOpen[component] else { return }
            for x in run.start..<run.end { mask[row * shape[2] + Int(x)] = 1 }
        }
    }

    /// The nonzero rows and columns of one slice.
    private struct Extent {
        var top = Int.max
        var bottom = -1
        var left = Int.max
        var right = -1

        var isEmpty: Bool { bottom < 0 }

        mutating func include(y: Int, first: Int, last: Int) {
            join(Extent(top: y, bottom: y, left: first, right: last))
        }

        mutating func join(_ other: Extent) {
            top = min(top, other.top)
            bottom = max(bottom, other.bottom)
            left = min(left, other.left)
            right = max(right, other.right)
        }
    }
}
