/// What one DICOM file says about its image: identity, geometry, encoding and rescaling. Patient attributes are never read.
///
/// Lengths are in mm, positions and directions in the patient frame (LPS), as DICOM PS3.3 C.7.6.2 defines them.
public struct DICOMFileHeader: Sendable, Equatable {
    /// The file.
    public let path: String
    /// (0008,0016), the kind of object.
    public let sopClassUID: String
    /// (0008,0018), unique to the object.
    public let sopInstanceUID: String
    /// (0020,000D).
    public let studyInstanceUID: String
    /// (0020,000E).
    public let seriesInstanceUID: String
    /// (0020,0052); nil where it is absent.
    public let frameOfReferenceUID: String?
    /// (0008,0060), such as CT or MR.
    public let modality: String
    /// (0020,0011).
    public let seriesNumber: Int?
    /// (0008,103E), free text of the scanner's protocol.
    public let seriesDescription: String?
    /// (0020,0012).
    public let acquisitionNumber: Int?
    /// (0020,0013).
    public let instanceNumber: Int?
    /// (0018,0081), ms.
    public let echoTime: Double?
    /// (0008,0008), such as ORIGINAL, PRIMARY, AXIAL.
    public let imageType: [String]
    /// (0028,0010), pixels; 0 where the object is no image.
    public let rows: Int
    /// (0028,0011), pixels; 0 where the object is no image.
    public let columns: Int
    /// (0028,0008), 1 where it is absent.
    public let numberOfFrames: Int
    /// (0020,0032), the centre of the first pixel, LPS, mm.
    public let imagePosition: SIMD3<Double>?
    /// (0020,0037), the direction of a row (of increasing column index), LPS.
    public let rowDirection: SIMD3<Double>?
    /// (0020,0037), the direction of a column (of increasing row index), LPS.
    public let columnDirection: SIMD3<Double>?
    /// (0028,0030): (between rows, between columns), mm.
    public let pixelSpacing: SIMD2<Double>?
    /// (0018,0050), mm.
    public let sliceThickness: Double?
    /// (0018,0088), mm, from centre to centre.
    public let spacingBetweenSlices: Double?
    /// (0028,1053), 1 where it is absent.
    public let rescaleSlope: Double
    /// (0028,1052), 0 where it is absent.
    public let rescaleIntercept: Double
    /// (0002,0010).
    public let transferSyntaxUID: String
    /// (0028,0004), such as MONOCHROME2; empty where the object is no image.
    public let photometricInterpretation: String
    /// (0028,0002).
    public let samplesPerPixel: Int
    /// How a sample is stored; nil where the object is no image.
    let sampleFormat: DICOMSampleFormat?
    /// Whether values go through a lookup table (0028,3000) instead of slope and intercept.
    let hasModalityLUT: Bool
    let pixelData: DICOMPixelData?
}

extension DICOMFileHeader {
    init(_ dataSet: DICOMDataSet) throws(ImageIOError) {
        path = dataSet.path
        sopClassUID = dataSet.text(.sopClassUID) ?? dataSet.text(.mediaStorageSOPClassUID) ?? ""
        sopInstanceUID = dataSet.text(.sopInstanceUID) ?? ""
        studyInstanceUID = dataSet.text(.studyInstanceUID) ?? ""
        seriesInstanceUID = dataSet.text(.seriesInstanceUID) ?? ""
        frameOfReferenceUID = dataSet.text(.frameOfReferenceUID)
        modality = dataSet.text(.modality) ?? ""
        seriesNumber = dataSet.integer(.seriesNumber)
        seriesDescription = dataSet.text(.seriesDescription)
        acquisitionNumber = dataSet.integer(.acquisitionNumber)
        instanceNumber = dataSet.integer(.instanceNumber)
        imageType = dataSet.texts(.imageType)
        transferSyntaxUID = dataSet.transferSyntax.uid
        photometricInterpretation = dataSet.text(.photometricInterpretation) ?? ""
        hasModalityLUT = dataSet.values[.modalityLUTSequence] != nil
        pixelData = dataSet.pixelData

        // Of other objects no number is needed, so none may fail.
        guard DICOMStorageClass.isSlice(sopClassUID) else {
            rows = (try? dataSet.unsignedShort(.rows)) ?? 0
            columns = (try? dataSet.unsignedShort(.columns)) ?? 0
            (numberOfFrames, samplesPerPixel, sampleFormat) = (dataSet.integer(.numberOfFrames) ?? 1, 1, nil)
            (imagePosition, rowDirection, columnDirection, pixelSpacing) = (nil, nil, nil, nil)
            (sliceThickness, spacingBetweenSlices, echoTime, rescaleSlope, rescaleIntercept) = (nil, nil, nil, 1, 0)
            return
        }
        rows = try dataSet.unsignedShort(.rows) ?? 0
        columns = try dataSet.unsignedShort(.columns) ?? 0
        numberOfFrames = dataSet.integer(.numberOfFrames) ?? 1
        samplesPerPixel = try dataSet.unsignedShort(.samplesPerPixel) ?? 1
        sampleFormat = try DICOMSampleFormat(dataSet)
        imagePosition = try dataSet.decimals(.imagePosition, count: 3).map { SIMD3($0) }
        let cosines = try dataSet.decimals(.imageOrientation, count: 6)
        rowDirection = cosines.map { SIMD3($0[0..<3]) }
        columnDirection = cosines.map { SIMD3($0[3..<6]) }
        pixelSpacing = try dataSet.decimals(.pixelSpacing, count: 2).map { SIMD2($0) }
        sliceThickness = try dataSet.decimal(.sliceThickness)
        spacingBetweenSlices = try dataSet.decimal(.spacingBetweenSlices)
        echoTime = dataSet.texts(.echoTime).first.flatMap { Double($0) }
        rescaleSlope = try dataSet.decimal(.rescaleSlope) ?? 1
        rescaleIntercept = try dataSet.decimal(.rescaleIntercept) ?? 0
    }
}
