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
    /// (0028,1054), the unit of rescaled values such as HU; nil where it is absent.
    package let rescaleType: String?
    /// (0002,0010).
    package let transferSyntaxUID: String
    /// Whether values go through a lookup table (0028,3000) instead of slope and intercept.
    let hasModalityLUT: Bool
    let pixelData: DICOMPixelData?
    /// How the image is encoded and where it lies.
    private let image: DICOMImageAttributes
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
        image = DICOMImageAttributes(dataSet)
    }
}

/// What the image's attributes say.
extension DICOMFileHeader {
    /// (0028,0010), pixels; 0 where the object is no image.
    package var rows: Int { image.rows }
    /// (0028,0011), pixels; 0 where the object is no image.
    package var columns: Int { image.columns }
    /// (0028,0008), 1 where it is absent.
    package var numberOfFrames: Int { image.numberOfFrames }
    /// (0020,0032), the centre of the first pixel, LPS, mm.
    package var imagePosition: SIMD3<Double>? { image.imagePosition }
    /// (0020,0037), the direction of a row (of increasing column index), LPS.
    package var rowDirection: SIMD3<Double>? { image.rowDirection }
    /// (0020,0037), the direction of a column (of increasing row index), LPS.
    package var columnDirection: SIMD3<Double>? { image.columnDirection }
    /// (0028,0030): (between rows, between columns), mm.
    package var pixelSpacing: SIMD2<Double>? { image.pixelSpacing }
    /// (0018,0050), mm; nil where it is absent or can't be read.
    package var sliceThickness: Double? { image.sliceThickness }
    /// (0018,0088), mm, from centre to centre; nil where it is absent or can't be read.
    package var spacingBetweenSlices: Double? { image.spacingBetweenSlices }
    /// (0028,1053); nil where it is absent.
    package var rescaleSlope: Double? { image.rescaleSlope }
    /// (0028,1052); nil where it is absent.
    package var rescaleIntercept: Double? { image.rescaleIntercept }
    /// (0028,0004), such as MONOCHROME2; empty where the object is no image.
    package var photometricInterpretation: String { image.photometricInterpretation }
    /// (0028,0002).
    package var samplesPerPixel: Int { image.samplesPerPixel }
    /// How a sample is stored; nil where the object is no image.
    var sampleFormat: DICOMSampleFormat? { image.sampleFormat }
    /// Why the image is more than one slice, as a clause: "is a mosaic of 8 slices in one image"; nil where nothing says so.
    var tiling: String? { image.tiling }
    /// The first attribute that a slice must have and that is absent or can't be read, as a clause; nil where all are there.
    var defect: String? { image.defect }
    /// Attributes that can't be read and are done without.
    var unreadable: [DICOMTag] { image.unreadable }
}
