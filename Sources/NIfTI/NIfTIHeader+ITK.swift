import Files
import Imaging

extension NIfTIHeader {
    /// The grid as ITK 5.4's NIfTI reader gives it (`itk::NiftiImageIO`): spacing from pixdim, the orientation from sform or qform by
    /// ITK's own preference, in patient LPS, mm.
    func itkGrid(path: String) throws(Problem) -> ITKGrid {
        var count = dimensions.count
        while count > 3, dimensions[count - 1] == 1 { count -= 1 }
        try refuseVectors(path: path)
        guard (2...4).contains(count) else {
            throw .unsupported(
                path: path, reason: "it has \(count) dimensions (\(sizeText(dimensions))), images have 2 to 4; give one file per channel")
        }
        let spatial = min(count, 3)
        var (spacing, size) = (SIMD3<Double>(repeating: 1), SIMD3<Int>(repeating: 1))
        for axis in 0..<spatial {
            size[axis] = dimensions[axis]
            spacing[axis] = distance(axis + 1) * millimetresPerUnit
        }
        var (direction, origin) = try itkOrientation(dimensionCount: spatial, path: path)
        for axis in 0..<spatial where spacing[axis] < 0 {
            spacing[axis] = -spacing[axis]
            for row in 0..<spatial { direction[row, axis] = -direction[row, axis] }
        }
        guard spatial == 3 || direction.determinant != 0 else {
            throw .unsupported(
                path: path,
                reason: "it is a planar image across the axial plane, which two dimensions can't place; save it as a volume of one slice")
        }
        guard direction.determinant != 0, direction.determinant.isFinite else {
            throw .unsupported(
                path: path, reason: "its axes do not span the image (direction determinant \(direction.determinant)); correct its header")
        }
        // A new ITK image is an identity whose elements are only replaced where they compare unequal, so their zeros stay positive.
        for row in 0..<3 {
            for column in 0..<3 where row != column && direction[row, column] == 0 { direction[row, column] = 0 }
        }
        if origin == .zero { origin = .zero }
        var compared = (0..<spatial).map { spacing[$0] }
        if count == 4 { compared.append(abs(distance(4) * secondsPerUnit)) }
        return ITKGrid(
            geometry: ImageGeometry(size: size, spacing: spacing, origin: origin, direction: direction, dimension: spatial),
            channelCount: count == 4 ? dimensions[3] : 1, dimensionCount: count, comparedSpacing: compared)
    }

    /// Vector, matrix and displacement images hold several numbers per voxel, which nnU-Net would misread as channels or axes.
    private func refuseVectors(path: String) throws(Problem) {
        let kinds = [1004: "matrices", 1005: "symmetric matrices", 1006: "displacements", 1007: "vectors"]
        if let kind = kinds[intentCode] {
            throw .unsupported(path: path, reason: "its voxels are \(kind) (NIfTI intent \(intentCode)); give one scalar file per channel")
        }
    }

    private func itkOrientation(dimensionCount: Int, path: String) throws(Problem) -> (Matrix3, SIMD3<Double>) {
        if transforms.qformCode == 0, transforms.sformCode == 0 { return (.identity, .zero) }
        let rows = try itkTransform(path: path)
        var (direction, origin) = (Matrix3.identity, SIMD3<Double>.zero)
        for row in 0..<dimensionCount {
            let sign: Double = row < 2 ? -1 : 1
            origin[row] = sign * rows[row][3] * millimetresPerUnit
            for column in 0..<dimensionCount { direction[row, column] = sign * rows[row][column] }
        }
        for column in 0..<dimensionCount {
            let vector = (0..<dimensionCount).map { direction[$0, column] }
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            if length != 0 { for row in 0..<dimensionCount { direction[row, column] = vector[row] / length } }
        }
        return (direction, origin)
    }

    /// Whether ITK goes by the sform and not by the qform.
    var itkPrefersAffine: Bool {
        let affine = transforms.sformCode > 0 ? Self.single(transforms.affineRows) : [SIMD4<Float>](repeating: .zero, count: 3)
        let quaternion = Self.single(transforms.quaternionRows)
        if transforms.sformCode > 0, Self.isOrthonormal(affine) {
            return transforms.qformCode == 0 || transforms.sformCode == 1 || Self.areVerySimilar(affine, quaternion)
        }
        return Self.areEqual(affine, quaternion)
    }

    private static func single(_ rows: [SIMD4<Double>]) -> [SIMD4<Float>] { rows.map { SIMD4<Float>($0) } }

    /// The three rows, in single precision as ITK holds them, of the transform that ITK prefers.
    private func itkTransform(path: String) throws(Problem) -> [SIMD4<Double>] {
        let prefersAffine = itkPrefersAffine
        // Without a sform ITK holds zeros in its place.
        let affine = transforms.sformCode > 0 ? Self.single(transforms.affineRows) : [SIMD4<Float>](repeating: .zero, count: 3)
        let chosen = prefersAffine ? affine : Self.single(transforms.quaternionRows)
        guard prefersAffine || transforms.qformCode > 0 else {
            throw .unsupported(
                path: path,
                reason: "its sform is sheared or singular and there is no qform, so its axes are not orthogonal; resample it onto an"
                    + " orthogonal grid")
        }
        guard chosen.allSatisfy({ row in (0..<4).allSatisfy { row[$0].isFinite } }) else {
            throw .damaged(path: path, reason: "its orientation is not finite")
        }
        return chosen.map { SIMD4<Double>($0) }
    }

    /// ITK's first, element by element test.
    private static func areEqual(_ affine: [SIMD4<Float>], _ quaternion: [SIMD4<Float>]) -> Bool {
        var translation: Float = 0
        for row in 0..<3 {
            for column in 0..<3 where !(abs(affine[row][column] - quaternion[row][column]) <= 1e-5) { return false }
            translation += abs(affine[row][3] - quaternion[row][3])
        }
        return translation <= 1e-7
    }

    /// Whether the columns, scaled to length one, are orthonormal within ITK's 1e-4; never for a singular or non-finite transform.
    private static func isOrthonormal(_ rows: [SIMD4<Float>]) -> Bool {
        guard rows.allSatisfy({ row in (0..<4).allSatisfy { row[$0].isFinite } }) else { return false }
        var unit = rows
        for column in 0..<3 {
            let length = rows.reduce(0 as Float) { $0 + $1[column] * $1[column] }.squareRoot()
            guard length > 0, length.isFinite else { return false }
            for row in 0..<3 { unit[row][column] /= length }
        }
        for i in 0..<3 {
            for j in 0..<3 {
                let product = (0..<3).reduce(0 as Float) { $0 + unit[i][$1] * unit[j][$1] }
                if abs(product - (i == j ? 1 : 0)) > 1e-4 { return false }
            }
        }
        return true
    }

    /// ITK's test of two known transforms: singular values, left singular vectors and translations within 1e-4.
    private static func areVerySimilar(_ affine: [SIMD4<Float>], _ quaternion: [SIMD4<Float>]) -> Bool {
        let columns = { (rows: [SIMD4<Float>]) in (0..<3).map { column in (0..<3).map { rows[$0][column] } } }
        let (first, second) = (SingularVectors(columns: columns(affine)), SingularVectors(columns: columns(quaternion)))
        for i in 0..<3 {
            if abs(first.values[i] - second.values[i]) > 1e-4 || abs(affine[i][3] - quaternion[i][3]) > 1e-4 { return false }
            for j in 0..<3 {
                // U of one times the inverse, that is the transpose, of the other's.
                let product = (0..<3).reduce(0 as Float) { $0 + first.left[$1][i] * second.left[$1][j] }
                if abs(product - (i == j ? 1 : 0)) > 1e-4 { return false }
            }
        }
        return true
    }
}
