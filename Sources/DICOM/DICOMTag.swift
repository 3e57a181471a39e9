/// A DICOM attribute's number: the group in the upper, the element in the lower half.
struct DICOMTag: Hashable, Comparable, CustomStringConvertible {
    let number: UInt32

    init(_ group: UInt16, _ element: UInt16) {
        number = UInt32(group) << 16 | UInt32(element)
    }

    var group: UInt16 { UInt16(truncatingIfNeeded: number >> 16) }
    var element: UInt16 { UInt16(truncatingIfNeeded: number) }

    /// As the standard writes it: (gggg,eeee).
    var description: String {
        func hexadecimal(_ value: UInt16) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "(\(hexadecimal(group)),\(hexadecimal(element)))"
    }

    static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// The attributes that are read; of the patient's only whether they are equal is kept (`DICOMOwner`).
extension DICOMTag {
    static let mediaStorageSOPClassUID = DICOMTag(0x0002, 0x0002)
    static let transferSyntaxUID = DICOMTag(0x0002, 0x0010)
    static let imageType = DICOMTag(0x0008, 0x0008)
    static let sopClassUID = DICOMTag(0x0008, 0x0016)
    static let sopInstanceUID = DICOMTag(0x0008, 0x0018)
    static let modality = DICOMTag(0x0008, 0x0060)
    static let patientName = DICOMTag(0x0010, 0x0010)
    static let patientID = DICOMTag(0x0010, 0x0020)
    static let patientBirthDate = DICOMTag(0x0010, 0x0030)
    static let seriesDescription = DICOMTag(0x0008, 0x103e)
    static let sliceThickness = DICOMTag(0x0018, 0x0050)
    static let echoTime = DICOMTag(0x0018, 0x0081)
    static let spacingBetweenSlices = DICOMTag(0x0018, 0x0088)
    static let studyInstanceUID = DICOMTag(0x0020, 0x000d)
    static let seriesInstanceUID = DICOMTag(0x0020, 0x000e)
    static let seriesNumber = DICOMTag(0x0020, 0x0011)
    static let acquisitionNumber = DICOMTag(0x0020, 0x0012)
    static let instanceNumber = DICOMTag(0x0020, 0x0013)
    static let imagePosition = DICOMTag(0x0020, 0x0032)
    static let imageOrientation = DICOMTag(0x0020, 0x0037)
    static let frameOfReferenceUID = DICOMTag(0x0020, 0x0052)
    static let samplesPerPixel = DICOMTag(0x0028, 0x0002)
    static let photometricInterpretation = DICOMTag(0x0028, 0x0004)
    static let numberOfFrames = DICOMTag(0x0028, 0x0008)
    static let rows = DICOMTag(0x0028, 0x0010)
    static let columns = DICOMTag(0x0028, 0x0011)
    static let pixelSpacing = DICOMTag(0x0028, 0x0030)
    static let bitsAllocated = DICOMTag(0x0028, 0x0100)
    static let bitsStored = DICOMTag(0x0028, 0x0101)
    static let highBit = DICOMTag(0x0028, 0x0102)
    static let pixelRepresentation = DICOMTag(0x0028, 0x0103)
    static let rescaleIntercept = DICOMTag(0x0028, 0x1052)
    static let rescaleSlope = DICOMTag(0x0028, 0x1053)
    static let rescaleType = DICOMTag(0x0028, 0x1054)
    static let modalityLUTSequence = DICOMTag(0x0028, 0x3000)
    static let totalPixelMatrixColumns = DICOMTag(0x0048, 0x0006)
    static let totalPixelMatrixRows = DICOMTag(0x0048, 0x0007)
    static let extendedOffsetTable = DICOMTag(0x7fe0, 0x0001)
    static let pixelData = DICOMTag(0x7fe0, 0x0010)
    static let dataSetTrailingPadding = DICOMTag(0xfffc, 0xfffc)

    static let read: Set<DICOMTag> = [
        mediaStorageSOPClassUID, transferSyntaxUID, imageType, sopClassUID, sopInstanceUID, modality, seriesDescription, sliceThickness,
        echoTime, spacingBetweenSlices, studyInstanceUID, seriesInstanceUID, seriesNumber, acquisitionNumber, instanceNumber,
        imagePosition, imageOrientation, frameOfReferenceUID, samplesPerPixel, photometricInterpretation, numberOfFrames, rows, columns,
        pixelSpacing, bitsAllocated, bitsStored, highBit, pixelRepresentation, rescaleIntercept, rescaleSlope, rescaleType,
        modalityLUTSequence, totalPixelMatrixColumns, totalPixelMatrixRows,
    ]

    /// The attribute as a person knows it: "Rescale Slope (0028,1053)".
    var named: String { Self.names[self].map { "\($0) \(self)" } ?? "attribute \(self)" }

    private static let names: [DICOMTag: String] = [
        modality: "Modality", studyInstanceUID: "Study Instance UID", patientName: "Patient's Name", patientID: "Patient ID",
        patientBirthDate: "Patient's Birth Date", sliceThickness: "Slice Thickness", spacingBetweenSlices: "Spacing Between Slices",
        seriesInstanceUID: "Series Instance UID", imagePosition: "Image Position (Patient)",
        imageOrientation: "Image Orientation (Patient)", samplesPerPixel: "Samples per Pixel",
        photometricInterpretation: "Photometric Interpretation", numberOfFrames: "Number of Frames", rows: "Rows", columns: "Columns",
        pixelSpacing: "Pixel Spacing", bitsAllocated: "Bits Allocated", bitsStored: "Bits Stored", highBit: "High Bit",
        pixelRepresentation: "Pixel Representation", rescaleIntercept: "Rescale Intercept", rescaleSlope: "Rescale Slope",
        rescaleType: "Rescale Type",
    ]
}

extension DICOMTag {
    /// Attributes that only explain or count; one that is too long to be meant is passed over.
    static let readWhereShort = DICOMAcquisition.tags.union(DICOMAnnouncedCount.tags).union(DICOMOwner.tags)
}

/// The tags that give sequences and encapsulated pixel data their structure.
extension DICOMTag {
    static let item = DICOMTag(0xfffe, 0xe000)
    static let itemDelimitation = DICOMTag(0xfffe, 0xe00d)
    static let sequenceDelimitation = DICOMTag(0xfffe, 0xe0dd)
}
