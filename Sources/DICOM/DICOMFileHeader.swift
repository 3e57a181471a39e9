/// What one DICOM file says about its image: identity, geometry, encoding and rescaling. Nothing that names the patient is kept.
///
/// Lengths are in mm, positions and directions in the patient frame (LPS), as DICOM PS3.3 C.7.6.2 defines them.
package struct DICOMFileHeader: Sendable, Equatable {
    /// The file.
    package private(set) var path: String
    /// (0008,0016), the kind of object.
    package let sopClassUID: String
    /// (0008,0018), unique to the object.
    package let sopInstanceUID: String
    /// (0020,000D).
    package let studyInstanceUID: String
    /// (0020,000E).
    package let seriesInstanceUID: String
    /// (0020,0052); nil where it is absent.
    package let frameOfReferenceUID: String?
    /// (0008,0060), such as CT or MR; what the SOP class says where it is absent.
    package let modality: String
    /// (0020,0011).
    package let seriesNumber: Int?
    /// (0008,103E), free text of the scanner's protocol.
    package let seriesDescription: String?
    /// (0020,0012).
    package let acquisitionNumber: Int?
    /// (0020,0013).
    package let instanceNumber: Int?
    /// (0018,0081), ms.
    package let echoTime: Double?
    /// (0008,0008), such as ORIGINAL, PRIMARY, AXIAL.
    package let imageType: [String]
    /// (0028,0010), pixels; 0 where the object is no image.
    package let rows: Int
    /// (0028,0011), pixels; 0 where the object is no image.
    package let columns: Int
    /// (0028,0008), 1 where it is absent.
    package let numberOfFrames: Int
    /// (0020,0032), the centre of the first pixel, LPS, mm.
    package let imagePosition: SIMD3<Double>?
    /// (0020,0037), the direction of a row (of increasing column index), LPS.
    package let rowDirection: SIMD3<Double>?
    /// (0020,0037), the direction of a column (of increasing row index), LPS.
    package let columnDirection: SIMD3<Double>?
    /// (0028,0030): (between rows, between columns), mm.
    package let pixelSpacing: SIMD2<Double>?
    /// (0018,0050), mm; nil where it is absent or can't be read.
    package let sliceThickness: Double?
    /// (0018,0088), mm, from centre to centre; nil where it is absent or can't be read.
    package let spacingBetweenSlices: Double?
    /// (0028,1053); nil where it is absent.
    package let rescaleSlope: Double?
    /// (0028,1052); nil where it is absent.
    package let rescaleIntercept: Double?
    /// (0028,1054), the unit of rescaled values such as HU; nil where it is absent.
    package let rescaleType: String?
    /// (0002,0010).
    package let transferSyntaxUID: String
    /// (0028,0004), such as MONOCHROME2; empty where the object is no image.
    package let photometricInterpretation: String
    /// (0028,0002).
    package let samplesPerPixel: Int
    /// How a sample is stored; nil where the object is no image.
    let sampleFormat: DICOMSampleFormat?
    /// Whether values go through a lookup table (0028,3000) instead of slope and intercept.
    let hasModalityLUT: Bool
    let pixelData: DICOMPixelData?
    /// Why the image is more than one slice, as a clause: "is a mosaic of 8 slices in one image"; nil where nothing says so.
    let tiling: String?
    /// The first attribute that a slice must have and that is absent or can't be read, as a clause; nil where all are there.
    let defect: String?
    /// Attributes that can't be read and are done without.
    let unreadable: [DICOMTag]
    /// What tells acquisitions apart.
    let acquisition: DICOMAcquisition
    /// How many slices and objects the file speaks of.
    let announced: DICOMAnnouncedCount
    /// Whose image it is, without saying who that is.
    let owner: DICOMOwner
}

extension DICOMFileHeader {
    /// The header of the same file, seen at another path.
    func at(_ path: String) -> DICOMFileHeader {
        var header = self
        header.path = path
        return header
    }

    init(_ dataSet: DICOMDataSet) {
        path = dataSet.path
        sopClassUID = dataSet.sopClassUID
        sopInstanceUID = dataSet.text(.sopInstanceUID) ?? ""
        studyInstanceUID = dataSet.text(.studyInstanceUID) ?? ""
        seriesInstanceUID = dataSet.text(.seriesInstanceUID) ?? ""
        frameOfReferenceUID = dataSet.text(.frameOfReferenceUID)
        modality = dataSet.text(.modality) ?? DICOMStorageClass.modality(of: sopClassUID) ?? ""
        seriesNumber = dataSet.integer(.seriesNumber)
        seriesDescription = dataSet.text(.seriesDescription)
        acquisitionNumber = dataSet.integer(.acquisitionNumber)
        instanceNumber = dataSet.integer(.instanceNumber)
        echoTime = dataSet.texts(.echoTime).first.flatMap { Double($0) }
        imageType = dataSet.texts(.imageType)
        transferSyntaxUID = dataSet.transferSyntax.uid
        hasModalityLUT = dataSet.values[.modalityLUTSequence] != nil
        rescaleType = dataSet.text(.rescaleType)
        pixelData = dataSet.pixelData
        acquisition = DICOMAcquisition(dataSet)
        announced = DICOMAnnouncedCount(dataSet)
        owner = DICOMOwner(dataSet)

        // Of other objects nothing is demanded.
        guard DICOMStorageClass.isSlice(sopClassUID) else {
            rows = dataSet.unsignedShort(.rows) ?? 0
            columns = dataSet.unsignedShort(.columns) ?? 0
            photometricInterpretation = dataSet.text(.photometricInterpretation) ?? ""
            (numberOfFrames, samplesPerPixel, sampleFormat) = (dataSet.integer(.numberOfFrames) ?? 1, 1, nil)
            (imagePosition, rowDirection, columnDirection, pixelSpacing) = (nil, nil, nil, nil)
            (sliceThickness, spacingBetweenSlices, rescaleSlope, rescaleIntercept) = (nil, nil, nil, nil)
            (tiling, defect, unreadable) = (nil, nil, [])
            return
        }
        var attributes = DICOMSliceAttributes(dataSet)
        rows = attributes.demandedShort(.rows)
        columns = attributes.demandedShort(.columns)
        numberOfFrames = attributes.meaningfulInteger(.numberOfFrames) ?? 1
        samplesPerPixel = attributes.demandedShort(.samplesPerPixel)
        photometricInterpretation = attributes.demandedText(.photometricInterpretation)
        sampleFormat = DICOMSampleFormat(&attributes)
        imagePosition = attributes.demandedDecimals(.imagePosition, count: 3).map { SIMD3($0) }
        let cosines = attributes.demandedDecimals(.imageOrientation, count: 6)
        rowDirection = cosines.map { SIMD3($0[0..<3]) }
        columnDirection = cosines.map { SIMD3($0[3..<6]) }
        pixelSpacing = attributes.demandedDecimals(.pixelSpacing, count: 2).map { SIMD2($0) }
        rescaleSlope = attributes.meaningfulDecimal(.rescaleSlope)
        rescaleIntercept = attributes.meaningfulDecimal(.rescaleIntercept)
        sliceThickness = attributes.optionalDecimal(.sliceThickness)
        spacingBetweenSlices = attributes.optionalDecimal(.spacingBetweenSlices)
        tiling = DICOMTiling.clause(dataSet)
        (defect, unreadable) = (attributes.defect, attributes.unreadable)
    }
}
