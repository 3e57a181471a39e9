/// How one sample is stored: the bits of its word, those of them that count, and their sign (DICOM PS3.5, section 8.1.1).
struct DICOMSampleFormat: Sendable, Equatable {
    var bitsAllocated: Int
    var bitsStored: Int
    var highBit: Int
    var isSigned: Bool

    var bytesPerSample: Int { bitsAllocated / 8 }

    /// Bits below the value; not zero only in old files.
    var shift: Int { highBit + 1 - bitsStored }

    /// Whether the numbers make sense together.
    var isValid: Bool {
        [8, 16, 32].contains(bitsAllocated) && (1...bitsAllocated).contains(bitsStored) && highBit < bitsAllocated && shift >= 0
    }
}

extension DICOMSampleFormat {
    /// The format that a slice declares; all four attributes are demanded (PS3.3 C.7.6.3), and what is absent is noted.
    init(_ attributes: inout DICOMSliceAttributes) {
        bitsAllocated = attributes.demandedShort(.bitsAllocated)
        bitsStored = attributes.demandedShort(.bitsStored)
        highBit = attributes.demandedShort(.highBit)
        isSigned = attributes.demandedShort(.pixelRepresentation, in: 0...1) == 1
    }
}
