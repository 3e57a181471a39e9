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
    /// The format that a data set declares; nil where it declares none.
    init?(_ dataSet: DICOMDataSet) throws(ImageIOError) {
        guard let allocated = try dataSet.unsignedShort(.bitsAllocated) else { return nil }
        let stored = try dataSet.unsignedShort(.bitsStored) ?? allocated
        let highBit = try dataSet.unsignedShort(.highBit) ?? stored - 1
        let representation = try dataSet.unsignedShort(.pixelRepresentation) ?? 0
        self.init(bitsAllocated: allocated, bitsStored: stored, highBit: highBit, isSigned: representation == 1)
    }
}
