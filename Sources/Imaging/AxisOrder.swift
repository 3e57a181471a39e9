package import Tensors

/// A change of axis order and direction: new axis i is old axis `source[i]`, reversed where `isReversed[i]`; x first.
package struct AxisOrder: Sendable, Equatable {
    /// For each new axis the old one.
    package var source: [Int]
    /// For each new axis whether it runs against the old one.
    package var isReversed: [Bool]

    /// Nothing changes.
    package static let identity = AxisOrder(source: [0, 1, 2], isReversed: [false, false, false])

    /// The size after the change.
    package func size(from old: SIMD3<Int>) -> SIMD3<Int> {
        SIMD3(old[source[0]], old[source[1]], old[source[2]])
    }

    /// The change that undoes this one.
    package var inverse: AxisOrder {
        var result = AxisOrder.identity
        for axis in 0..<3 {
            result.source[source[axis]] = axis
            result.isReversed[source[axis]] = isReversed[axis]
        }
        return result
    }

    /// The same voxels seen along the new axes: every physical point keeps its value.
    package func apply(to old: ImageGeometry) -> ImageGeometry {
        guard self != .identity else { return old }
        var corner = SIMD3<Double>.zero
        var direction = Matrix3.identity
        var spacing = SIMD3<Double>.zero
        for axis in 0..<3 {
            if isReversed[axis] { corner[source[axis]] = Double(old.size[source[axis]] - 1) }
            spacing[axis] = old.spacing[source[axis]]
            for row in 0..<3 { direction[row, axis] = (isReversed[axis] ? -1 : 1) * old.direction[row, source[axis]] + 0 }
        }
        return ImageGeometry(
            size: size(from: old.size), spacing: spacing, origin: old.physicalPoint(of: corner), direction: direction,
            dimension: old.dimension)
    }

    /// Copies voxels of a grid of `size` (x, y, z) to their new places; both hold as many voxels, x fastest.
    package func copy<Voxel: BitwiseCopyable>(_ old: Span<Voxel>, size: SIMD3<Int>, to new: inout MutableSpan<Voxel>) {
        precondition(old.count == size.x * size.y * size.z && new.count == old.count)
        guard !old.isEmpty else { return }
        let oldStrides = [1, size.x, size.x * size.y]
        let newSize = self.size(from: size)
        var start = 0
        var step = [0, 0, 0]
        for axis in 0..<3 {
            step[axis] = oldStrides[source[axis]] * (isReversed[axis] ? -1 : 1)
            if isReversed[axis] { start += oldStrides[source[axis]] * (newSize[axis] - 1) }
        }
        let (columns, stepX) = (newSize.x, step[0])
        for z in 0..<newSize.z {
            for y in 0..<newSize.y {
                let first = start + z * step[2] + y * step[1]
                precondition(old.indices.contains(first) && old.indices.contains(first + (columns - 1) * stepX))
                var row = new.part((z * newSize.y + y) * columns, count: columns)
                // Unchecked: both ends of the row were checked.
                for x in row.indices { row[x] = old[unchecked: first + x * stepX] }
            }
        }
    }

    /// New voxels in the new order.
    package func apply<Voxel>(to old: borrowing Buffer<Voxel>, size: SIMD3<Int>, channels: Int = 1) -> Buffer<Voxel> {
        var new = Buffer<Voxel>(uninitializedCount: old.count, hugePages: false)
        let voxels = old.span
        var target = new.mutableSpan
        let count = size.x * size.y * size.z
        for channel in 0..<channels {
            var part = target.part(channel * count, count: count)
            copy(voxels.part(channel * count, count: count), size: size, to: &part)
        }
        return new
    }
}

extension AnatomicalOrientation {
    /// Towards right, anterior, superior: what nnU-Net's reorienting readers ask for.
    package static let ras = AnatomicalOrientation(directions: [.right, .anterior, .superior])

    /// The directions of an ITK direction matrix, as `itk::DICOMOrientImageFilter` finds them: the largest element first.
    package init(asITKOf direction: Matrix3) {
        var directions: [AnatomicalDirection] = [.left, .posterior, .superior]
        var (freeRows, freeColumns) = (Set(0..<3), Set(0..<3))
        for _ in 0..<3 {
            var best = (row: -1, column: -1, value: -1.0)
            for row in freeRows.sorted() {
                // Of equal elements ITK takes the one that comes last, rows before columns.
                for column in freeColumns.sorted() where abs(direction[row, column]) >= best.value {
                    best = (row, column, abs(direction[row, column]))
                }
            }
            directions[best.column] = AnatomicalDirection(patientAxis: best.row, isPositive: direction[best.row, best.column] > 0)
            freeRows.remove(best.row)
            freeColumns.remove(best.column)
        }
        self.init(directions: directions)
    }

    /// The change of axes that leads to another orientation.
    package func order(to target: AnatomicalOrientation) -> AxisOrder {
        var order = AxisOrder.identity
        for (new, direction) in target.directions.enumerated() {
            let old = indexAxis(ofPatientAxis: direction.patientAxis)
            order.source[new] = old
            order.isReversed[new] = directions[old] != direction
        }
        return order
    }
}
