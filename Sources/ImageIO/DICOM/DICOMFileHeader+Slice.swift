extension DICOMFileHeader {
    /// The largest image side that is read, pixels; CT and MR stay far below.
    static let largestSide = 8192
    /// The most bytes of image for one byte of file; what compresses better than this is an attack on memory, not an image.
    static let largestCompression = 1000

    /// Why this object can't be a slice of a volume; nil where it can.
    var reasonNotToBeASlice: String? {
        guard DICOMStorageClass.isSlice(sopClassUID) else {
            return sopClassUID.isEmpty ? "has no SOP class" : "is a \(DICOMStorageClass.name(of: sopClassUID)), not a CT or MR slice"
        }
        if imageType.contains(where: { $0.uppercased() == "LOCALIZER" }) { return "is a localizer" }
        return reasonOfImage ?? reasonOfGeometry
    }

    private var reasonOfImage: String? {
        guard let format = sampleFormat, pixelData != nil, rows > 0, columns > 0 else { return "has no image" }
        guard numberOfFrames == 1 else { return "has \(numberOfFrames) frames; only single-frame images are read" }
        guard samplesPerPixel == 1, photometricInterpretation == "MONOCHROME1" || photometricInterpretation == "MONOCHROME2" else {
            return "is a colour image (\(photometricInterpretation), \(samplesPerPixel) samples per pixel)"
        }
        guard format.isValid else {
            return "has samples of \(format.bitsStored) bits up to bit \(format.highBit) in \(format.bitsAllocated), which is not supported"
        }
        guard DICOMTransferSyntax(uid: transferSyntaxUID).pixelCoding != nil else {
            return "is stored with the transfer syntax \(transferSyntaxUID), which is not supported"
        }
        if hasModalityLUT { return "has a modality lookup table instead of slope and intercept, which is not supported" }
        guard rows <= Self.largestSide, columns <= Self.largestSide else {
            return "has \(columns)×\(rows) pixels, more than the \(Self.largestSide) on a side that are read"
        }
        return nil
    }

    private var reasonOfGeometry: String? {
        if seriesInstanceUID.isEmpty { return "has no Series Instance UID" }
        guard imagePosition != nil else { return "has no Image Position (Patient)" }
        guard let row = rowDirection, let column = columnDirection else { return "has no Image Orientation (Patient)" }
        guard let spacing = pixelSpacing, spacing.min() > 0 else { return "has no Pixel Spacing" }
        let errors = [row.length - 1, column.length - 1, (row * column).sum()]
        guard errors.allSatisfy({ abs($0) <= DICOMTolerance.orthonormality }) else {
            return "has an Image Orientation (Patient) whose directions are not perpendicular unit vectors"
        }
        return nil
    }
}

extension SIMD3<Double> {
    /// The length of the vector.
    var length: Double { (self * self).sum().squareRoot() }

    /// The vector of length 1 along this one.
    var normalized: Self { self / length }

    /// The vector product.
    func cross(_ other: Self) -> Self {
        Self(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
    }

    /// The scalar product.
    func dot(_ other: Self) -> Double { (self * other).sum() }
}
