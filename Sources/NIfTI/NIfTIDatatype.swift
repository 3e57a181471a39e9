/// The scalar voxel types of NIfTI, by the standard's code. Complex, RGB, long double and packed types are not read.
enum NIfTIDatatype: Int, Sendable {
    case uint8 = 2
    case int16 = 4
    case int32 = 8
    case float32 = 16
    case float64 = 64
    case int8 = 256
    case uint16 = 512
    case uint32 = 768
    case int64 = 1024
    case uint64 = 1280

    /// Bytes per voxel.
    var size: Int {
        switch self {
        case .uint8, .int8: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .float32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// The name as NumPy has it.
    var name: String { String(describing: self) }

    /// What a code that is not read stands for.
    static func name(ofCode code: Int) -> String {
        switch code {
        case 1: "1-bit"
        case 32: "complex64"
        case 128: "RGB"
        case 1536: "float128"
        case 1792: "complex128"
        case 2048: "complex256"
        case 2304: "RGBA"
        default: NIfTIDatatype(rawValue: code)?.name ?? "unknown"
        }
    }
}
