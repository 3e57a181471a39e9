import CNIfTI
import Files
import Imaging

/// An affine transform from voxel indices (x, y, z) to patient RAS, mm, as nibabel holds it.
package struct NIfTIAffine: Sendable, Equatable {
    /// The first three rows; the fourth is 0, 0, 0, 1.
    package var rows: [SIMD4<Double>]

    /// Makes an affine of its first three rows.
    package init(rows: [SIMD4<Double>]) {
        precondition(rows.count == 3)
        self.rows = rows
    }

    /// The twelve numbers, row by row.
    package var elements: [Double] {
        var numbers: [Double] = []
        for row in rows { for column in 0..<4 { numbers.append(row[column]) } }
        return numbers
    }

    /// The lengths of the three columns, mm.
    package var columnLengths: SIMD3<Double> {
        var sums = SIMD3<Double>.zero
        for row in rows { sums += SIMD3(row[0] * row[0], row[1] * row[1], row[2] * row[2]) }
        return sums.squareRoot()
    }

    /// The affine of the same voxels after a change of axes; `size` (x, y, z) is that before it.
    func applying(_ order: AxisOrder, size: SIMD3<Int>) -> NIfTIAffine {
        guard order != .identity else { return self }
        var result = self
        for row in 0..<3 {
            for axis in 0..<3 {
                let old = order.source[axis]
                // A matrix product has no negative zeros; adding 0 removes them.
                result.rows[row][axis] = (order.isReversed[axis] ? -rows[row][old] : rows[row][old]) + 0
                if order.isReversed[axis] { result.rows[row][3] += rows[row][old] * Double(size[old] - 1) }
            }
        }
        return result
    }

    /// The change of axes that brings an image nearest to right, anterior, superior: nibabel's `io_orientation`. Nil when an axis has no
    /// direction.
    var orderToRAS: AxisOrder? {
        let lengths = columnLengths
        var scaled = nifti_dmat33()
        let directions = (0..<9).map { rows[$0 / 3][$0 % 3] / (lengths[$0 % 3] == 0 ? 1 : lengths[$0 % 3]) }
        setElements(of: &scaled, to: directions)
        guard nifti_dmat33_determ(scaled).magnitude > 1e-12 else { return nil }
        var rotation: [Double] = NIfTI.elements(of: nifti_dmat33_polar(scaled), as: Double.self)
        var strongest: [Double] = [0, 0, 0]
        for column in 0..<3 {
            for row in 0..<3 { strongest[column] = max(strongest[column], rotation[3 * row + column] * rotation[3 * row + column]) }
        }
        let byStrength = [0, 1, 2].sorted { first, second in
            strongest[first] == strongest[second] ? first < second : strongest[first] > strongest[second]
        }
        var order = AxisOrder.identity
        for column in byStrength {
            var row = 0
            for other in 1..<3 where abs(rotation[3 * other + column]) > abs(rotation[3 * row + column]) { row = other }
            guard abs(rotation[3 * row + column]) > 1e-8 else { return nil }
            order.source[row] = column
            order.isReversed[row] = rotation[3 * row + column] < 0
            for other in 0..<3 { rotation[3 * row + other] = 0 }
        }
        return order
    }

    /// The grid in ITK's terms: LPS, spacing given, directions of unit length.
    func geometry(size: SIMD3<Int>, spacing: SIMD3<Double>) -> ImageGeometry {
        let lengths = columnLengths
        var direction = Matrix3.identity
        for column in 0..<3 where lengths[column] > 0 {
            for row in 0..<3 {
                let cosine = rows[row][column] / lengths[column]
                direction[row, column] = cosine == 0 ? 0 : row < 2 ? -cosine : cosine
            }
        }
        return ImageGeometry(
            size: size, spacing: spacing, origin: SIMD3(-rows[0][3], -rows[1][3], rows[2][3]), direction: direction)
    }
}

extension NIfTIHeader {
    /// The affine that nibabel takes: sform if there is one, else qform, else voxel sizes about the image's centre with x to the left.
    func nibabelAffine(path: String) throws(Problem) -> NIfTIAffine {
        guard dimensions.count == 3 else {
            throw .unsupported(
                path: path,
                reason:
                    "it has \(dimensions.count) dimensions (\(sizeText(dimensions))), nnU-Net's nibabel reader takes 3; "
                    + (dimensions.count < 3 ? "save it as a volume of one slice" : "give one file per channel")
            )
        }
        let affine: NIfTIAffine
        if (1...5).contains(transforms.sformCode) {
            affine = NIfTIAffine(rows: transforms.affineRows)
        } else if (1...5).contains(transforms.qformCode) {
            affine = try nibabelQuaternionAffine(path: path)
        } else {
            let zooms = nibabelZooms
            let scales = SIMD3(-zooms.x, zooms.y, zooms.z)
            let half = SIMD3(Double(dimensions[0] - 1), Double(dimensions[1] - 1), Double(dimensions[2] - 1)) / 2
            affine = NIfTIAffine(
                rows: [
                    SIMD4(scales.x, 0, 0, -half.x * scales.x), SIMD4(0, scales.y, 0, -half.y * scales.y),
                    SIMD4(0, 0, scales.z, -half.z * scales.z),
                ])
        }
        guard affine.rows.allSatisfy({ row in (0..<4).allSatisfy { row[$0].isFinite } }), nibabelZooms.min() > 0,
            (0..<3).allSatisfy({ nibabelZooms[$0].isFinite })
        else { throw .damaged(path: path, reason: "its voxel sizes or its orientation are not finite") }
        return affine
    }

    /// Voxel sizes (x, y, z) as nibabel repairs them: the absolute value, 1 for 0.
    var nibabelZooms: SIMD3<Double> {
        var zooms = SIMD3<Double>(repeating: 1)
        for axis in 0..<min(3, dimensions.count) { zooms[axis] = pixdim[axis + 1] == 0 ? 1 : abs(pixdim[axis + 1]) }
        return zooms
    }

    private func nibabelQuaternionAffine(path: String) throws(Problem) -> NIfTIAffine {
        let (x, y, z) = (transforms.quaternion.x, transforms.quaternion.y, transforms.quaternion.z)
        let remainder = 1 - (x * x + y * y + z * z)
        let threshold = 3 * (form.version == 1 ? Double(Float.ulpOfOne) : Double.ulpOfOne)
        guard remainder >= 0 || abs(remainder) < threshold else {
            throw .damaged(path: path, reason: "its quaternion is longer than 1")
        }
        let w = abs(remainder) < threshold ? 0 : remainder.squareRoot()
        let scale = 2 / (w * w + x * x + y * y + z * z)
        let zooms = nibabelZooms * SIMD3(1, 1, pixdim[0] == -1 ? -1 : 1)
        let (xx, yy, zz) = (scale * x * x, scale * y * y, scale * z * z)
        let (xy, xz, yz) = (scale * x * y, scale * x * z, scale * y * z)
        let (wx, wy, wz) = (scale * w * x, scale * w * y, scale * w * z)
        let rotation = Matrix3(
            rows: SIMD3(1 - (yy + zz), xy - wz, xz + wy), SIMD3(xy + wz, 1 - (xx + zz), yz - wx), SIMD3(xz - wy, yz + wx, 1 - (xx + yy)))
        return NIfTIAffine(rows: (0..<3).map { SIMD4(rotation.rows[$0] * zooms + 0, transforms.quaternionOffset[$0]) })
    }
}
