import CNIfTI
import Imaging

/// The 352 bytes before the voxels of a NIfTI-1 file, as ITK or nibabel write them.
enum NIfTIHeaderBytes {
    /// As ITK 5.4 writes an image of a grid: both transforms with code 1, lengths in mm, times in s, unused sizes 1, unused distances 0.
    static func itk(geometry: ImageGeometry, datatype: NIfTIDatatype) -> [UInt8] {
        let dimension = geometry.dimension
        let matrix = rotationAndOrigin(geometry)
        var rotation = mat44()
        setElements(of: &rotation, to: matrix)
        var header = blank(size: geometry.size, dimension: dimension, datatype: datatype)
        var qfac: Float = 1
        nifti_mat44_to_quatern(
            rotation, &header.quatern_b, &header.quatern_c, &header.quatern_d, &header.qoffset_x, &header.qoffset_y, &header.qoffset_z,
            nil, nil, nil, &qfac)
        var affine = matrix
        for row in 0..<dimension {
            for column in 0..<dimension { affine[4 * row + column] = Float(geometry.spacing[column]) * affine[4 * row + column] }
        }
        setRows(of: &header, to: affine)
        var distances = [Float](repeating: 0, count: 8)
        distances[0] = qfac
        distances[3] = 1
        for axis in 0..<dimension { distances[axis + 1] = Float(geometry.spacing[axis]) }
        setElements(of: &header.pixdim, to: distances)
        header.regular = CChar(UInt8(ascii: "r"))
        header.qform_code = 1
        header.sform_code = 1
        header.xyzt_units = 10
        return bytes(of: header)
    }

    /// Orthogonal axes and the origin in NIfTI's frame (right, anterior, superior), four rows of four.
    private static func rotationAndOrigin(_ geometry: ImageGeometry) -> [Float] {
        let dimension = geometry.dimension
        var direction = [[Float]](repeating: [0, 0, 0], count: 3)
        for axis in 0..<dimension {
            for row in 0..<dimension {
                let value = Float(-geometry.direction[row, axis])
                direction[axis][row] = row == 2 ? -value : value
            }
        }
        if dimension == 2 { direction[2] = [0, 0, 1] }
        let (x, y, z) = (direction[0], direction[1], direction[2])
        // The library takes and gives the axes as rows.
        let orthogonal = elements(of: nifti_make_orthog_mat44(x[0], x[1], x[2], y[0], y[1], y[2], z[0], z[1], z[2]), as: Float.self)
        let origin = [Float(-geometry.origin.x), Float(-geometry.origin.y), dimension > 2 ? Float(geometry.origin.z) : 0]
        var matrix = [Float](repeating: 0, count: 16)
        for row in 0..<3 {
            for column in 0..<3 { matrix[4 * row + column] = orthogonal[4 * column + row] }
            matrix[4 * row + 3] = origin[row]
        }
        matrix[15] = 1
        return matrix
    }

    /// As nibabel 5 writes an image made of an array and an affine: sform code 2, qform code 0 though its numbers are there, no units.
    static func nibabel(affine: NIfTIAffine, size: SIMD3<Int>, datatype: NIfTIDatatype) -> [UInt8] {
        var header = blank(size: size, dimension: 3, datatype: datatype)
        let numbers = affine.elements + [0, 0, 0, 1]
        var matrix = nifti_dmat44()
        setElements(of: &matrix, to: numbers)
        var (b, c, d, qfac) = (0.0, 0.0, 0.0, 1.0)
        nifti_dmat44_to_quatern(matrix, &b, &c, &d, nil, nil, nil, nil, nil, nil, &qfac)
        (header.quatern_b, header.quatern_c, header.quatern_d) = (Float(b), Float(c), Float(d))
        (header.qoffset_x, header.qoffset_y, header.qoffset_z) = (Float(numbers[3]), Float(numbers[7]), Float(numbers[11]))
        setRows(of: &header, to: numbers.map { Float($0) })
        let lengths = affine.columnLengths
        setElements(of: &header.pixdim, to: [Float(qfac), Float(lengths.x), Float(lengths.y), Float(lengths.z), 1, 1, 1, 1])
        header.sform_code = 2
        return bytes(of: header)
    }

    private static func blank(size: SIMD3<Int>, dimension: Int, datatype: NIfTIDatatype) -> nifti_1_header {
        var header = nifti_1_header()
        header.sizeof_hdr = 348
        var sizes = [Int16](repeating: 1, count: 8)
        sizes[0] = Int16(dimension)
        for axis in 0..<dimension { sizes[axis + 1] = Int16(size[axis]) }
        setElements(of: &header.dim, to: sizes)
        header.datatype = Int16(datatype.rawValue)
        header.bitpix = Int16(8 * datatype.size)
        header.vox_offset = 352
        header.scl_slope = 1
        setElements(of: &header.magic, to: Array("n+1".utf8) + [0])
        return header
    }

    private static func setRows(of header: inout nifti_1_header, to matrix: [Float]) {
        setElements(of: &header.srow_x, to: Array(matrix[0..<4]))
        setElements(of: &header.srow_y, to: Array(matrix[4..<8]))
        setElements(of: &header.srow_z, to: Array(matrix[8..<12]))
    }

    /// The header and four zero bytes: no extensions.
    private static func bytes(of header: nifti_1_header) -> [UInt8] {
        elements(of: header, as: UInt8.self) + [0, 0, 0, 0]
    }
}
