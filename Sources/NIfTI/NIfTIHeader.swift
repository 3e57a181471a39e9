/// The header of a NIfTI-1 or NIfTI-2 file, its numbers in the machine's byte order, checked as far as it can be without the voxels.
struct NIfTIHeader: Sendable {
    /// Of which kind a file is.
    struct Form: Sendable {
        /// 1 or 2.
        let version: Int
        /// Whether header and voxels share one file (`.nii`), not a pair (`.hdr` and `.img`).
        let isSingleFile: Bool
        /// Whether numbers are stored in the other byte order than this machine's.
        let isByteSwapped: Bool

        /// Bytes of header before extensions: 348 or 540.
        var headerSize: Int { version == 1 ? 348 : 540 }
    }

    /// The two transforms from voxel indices to space that a header may hold; rows are those of x, y and z.
    struct Transforms: Sendable {
        /// The code of the quaternion transform; 0: none.
        let qformCode: Int
        /// The code of the affine transform; 0: none.
        let sformCode: Int
        /// quatern_b, c, d.
        let quaternion: SIMD3<Double>
        /// qoffset_x, y, z.
        let quaternionOffset: SIMD3<Double>
        /// srow_x, srow_y, srow_z as stored.
        let affineRows: [SIMD4<Double>]
        /// The quaternion transform as the NIfTI library builds it, three rows.
        let quaternionRows: [SIMD4<Double>]

        /// As stored, but negative codes count as none; `matrix` is the library's.
        init(
            codes: (q: Int, s: Int), quaternion: SIMD3<Double>, quaternionOffset: SIMD3<Double>, affine: [[Double]], matrix: [Double]
        ) {
            qformCode = max(0, codes.q)
            sformCode = max(0, codes.s)
            self.quaternion = quaternion
            self.quaternionOffset = quaternionOffset
            affineRows = affine.map { SIMD4($0) }
            quaternionRows = (0..<3).map { SIMD4(matrix[(4 * $0)..<(4 * $0 + 4)]) }
        }
    }

    /// Of which kind the file is.
    let form: Form
    /// dim[1...dim[0]], all positive; x first.
    let dimensions: [Int]
    /// The type code as stored.
    let datatypeCode: Int
    /// pixdim[0...7] as stored: qfac, then distances.
    let pixdim: [Double]
    /// Where voxels begin, bytes.
    let voxelOffset: Int
    /// scl_slope as stored.
    let slope: Double
    /// scl_inter as stored.
    let intercept: Double
    /// From voxel indices to space.
    let transforms: Transforms
    /// xyzt_units as stored.
    let units: Int
    /// intent_code as stored.
    let intentCode: Int

    /// The voxel type, when it is one that is read here.
    var datatype: NIfTIDatatype? { NIfTIDatatype(rawValue: datatypeCode) }

    /// The number of voxels, all dimensions together.
    var voxelCount: Int { dimensions.reduce(1, *) }

    /// Millimetres in the unit of space; 1 where none is given.
    var millimetresPerUnit: Double {
        switch units & 7 {
        case 1: 1e3
        case 3: 1e-3
        default: 1
        }
    }

    /// Seconds in the unit of time; 1 where none is given.
    var secondsPerUnit: Double {
        switch units & 0x38 {
        case 16: 1e-3
        case 24: 1e-6
        default: 1
        }
    }

    /// pixdim of an axis (1 to 7) with what the NIfTI library takes where it is zero or not finite: 1. May be negative.
    func distance(_ axis: Int) -> Double {
        axis <= dimensions.count && (pixdim[axis] == 0 || !pixdim[axis].isFinite) ? 1 : pixdim[axis]
    }
}
