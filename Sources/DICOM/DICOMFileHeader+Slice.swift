import Files

extension DICOMFileHeader {
    /// The largest image side that is read, pixels; CT and MR stay far below.
    static let largestSide = 8192
    /// The most bytes of image for one byte of file, beyond `alwaysPossible`; what compresses better is an attack on memory, not an image.
    static let largestCompression = 1000
    /// Bytes of image that a few bytes may give: a slice of nothing but air compresses to almost nothing.
    static let alwaysPossible = 4 << 20

    /// Why this object can't be a slice of a volume; nil where it can.
    var objection: DICOMSliceObjection? {
        guard DICOMStorageClass.isSlice(sopClassUID) else {
            if sopClassUID.isEmpty { return .unusable("has no SOP class") }
            let name = DICOMStorageClass.nameWithArticle(of: sopClassUID)
            let advice = name.contains("multi-frame") ? "; only single slices are read: \(Self.tilingAdvice)" : ""
            return .otherObject("is \(name), not a CT or MR slice\(advice)")
        }
        if isLocalizer { return .otherObject("is a localizer") }
        guard pixelData != nil else { return .unusable("has no image") }
        if let tiling { return .unusable(tiling + "; only single slices are read: \(Self.tilingAdvice)") }
        if let colour = reasonOfColour { return .otherObject(colour) }
        return (defect ?? reasonOfModality ?? reasonOfImage ?? reasonOfGeometry).map(DICOMSliceObjection.unusable)
    }

    /// What helps where several slices are one object.
    static let tilingAdvice = "export them as single-frame images, or convert them to NIfTI (dcm2niix)"

    private var reasonOfColour: String? {
        let isGrey = photometricInterpretation == "MONOCHROME1" || photometricInterpretation == "MONOCHROME2"
        guard !photometricInterpretation.isEmpty, samplesPerPixel > 1 || !isGrey else { return nil }
        return "is a colour image (\(ForeignText.marked(photometricInterpretation)), \(samplesPerPixel) samples per pixel)"
    }

    private var reasonOfModality: String? {
        guard let expected = DICOMStorageClass.modality(of: sopClassUID), modality != expected else { return nil }
        return "is a \(expected) image by its SOP class and \(ForeignText.marked(modality)) by its \(DICOMTag.modality.named)"
    }

    /// Whether Image Type (0008,0008) says LOCALIZER.
    var isLocalizer: Bool { imageType.contains { $0.uppercased() == "LOCALIZER" } }

    private var reasonOfImage: String? {
        guard let format = sampleFormat, pixelData != nil, rows > 0, columns > 0 else { return "has no image" }
        guard samplesPerPixel == 1 else { return "has \(samplesPerPixel) samples per pixel" }
        guard format.isValid else {
            return "has samples of \(format.bitsStored) bits up to bit \(format.highBit) in \(format.bitsAllocated), which is not supported"
        }
        guard DICOMTransferSyntax(uid: transferSyntaxUID).pixelCoding != nil else {
            let syntax = ForeignText.marked(transferSyntaxUID)
            return "is stored with the transfer syntax \(syntax), which is not supported; export it uncompressed"
        }
        if hasModalityLUT { return "has a modality lookup table instead of slope and intercept, which is not supported" }
        guard rows <= Self.largestSide, columns <= Self.largestSide else {
            return "has \(columns)×\(rows) pixels, more than the \(Self.largestSide) on a side that are read"
        }
        return nil
    }

    private var reasonOfGeometry: String? {
        guard let row = rowDirection, let column = columnDirection, let spacing = pixelSpacing else { return "has no place in space" }
        guard spacing.min() > 0 else { return "has a \(DICOMTag.pixelSpacing.named) of 0 or less" }
        guard DICOMOrientation.areOrthonormal(row, column) else {
            return "has an \(DICOMTag.imageOrientation.named) whose directions are not perpendicular unit vectors"
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
