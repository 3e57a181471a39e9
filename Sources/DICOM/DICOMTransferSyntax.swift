/// How a file's data set is encoded (DICOM PS3.5, section 10 and annex A): the byte order and form of its elements, the coding of its pixels.
struct DICOMTransferSyntax: Equatable {
    enum PixelCoding: Equatable { case native, rle, jpeg, jpegLS, jpeg2000 }

    let uid: String

    static let implicitLittleEndian = DICOMTransferSyntax(uid: "1.2.840.10008.1.2")
    static let explicitLittleEndian = DICOMTransferSyntax(uid: "1.2.840.10008.1.2.1")
    static let deflatedExplicitLittleEndian = DICOMTransferSyntax(uid: "1.2.840.10008.1.2.1.99")
    static let explicitBigEndian = DICOMTransferSyntax(uid: "1.2.840.10008.1.2.2")
    /// GE's private form: little-endian elements, big-endian pixels.
    static let implicitLittleEndianBigEndianPixels = DICOMTransferSyntax(uid: "1.2.840.113619.5.2")

    var isImplicit: Bool { self == .implicitLittleEndian || self == .implicitLittleEndianBigEndianPixels }
    var isBigEndian: Bool { self == .explicitBigEndian }
    var hasBigEndianPixels: Bool { self == .explicitBigEndian || self == .implicitLittleEndianBigEndianPixels }
    var isDeflated: Bool { self == .deflatedExplicitLittleEndian }

    /// The coding of the pixels; nil where it is not one that is decoded here.
    var pixelCoding: PixelCoding? {
        switch uid {
        case "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2", "1.2.840.113619.5.2": .native
        case "1.2.840.10008.1.2.5": .rle
        case "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.52", "1.2.840.10008.1.2.4.53",
            "1.2.840.10008.1.2.4.55", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70":
            .jpeg
        case "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81": .jpegLS
        case "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91": .jpeg2000
        default: nil
        }
    }
}
