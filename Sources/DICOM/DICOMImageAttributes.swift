/// The attributes of an image's encoding and geometry, read as its kind of object demands; `DICOMFileHeader` says what each is.
struct DICOMImageAttributes: Sendable, Equatable {
    let rows: Int
    let columns: Int
    let numberOfFrames: Int
    let imagePosition: SIMD3<Double>?
    let rowDirection: SIMD3<Double>?
    let columnDirection: SIMD3<Double>?
    let pixelSpacing: SIMD2<Double>?
    let sliceThickness: Double?
    let spacingBetweenSlices: Double?
    let rescaleSlope: Double?
    let rescaleIntercept: Double?
    let photometricInterpretation: String
    let samplesPerPixel: Int
    let sampleFormat: DICOMSampleFormat?
    let tiling: String?
    let defect: String?
    let unreadable: [DICOMTag]

    /// Reads them; of what is no slice nothing is demanded, and nothing but its size is taken.
    init(_ dataSet: DICOMDataSet) {
        if DICOMStorageClass.isSlice(dataSet.sopClassUID) { self.init(ofSlice: dataSet) } else { self.init(ofOther: dataSet) }
    }

    private init(ofOther dataSet: DICOMDataSet) {
        rows = dataSet.unsignedShort(.rows) ?? 0
        columns = dataSet.unsignedShort(.columns) ?? 0
        photometricInterpretation = dataSet.text(.photometricInterpretation) ?? ""
        (numberOfFrames, samplesPerPixel, sampleFormat) = (dataSet.integer(.numberOfFrames) ?? 1, 1, nil)
        (imagePosition, rowDirection, columnDirection, pixelSpacing) = (nil, nil, nil, nil)
        (sliceThickness, spacingBetweenSlices, rescaleSlope, rescaleIntercept) = (nil, nil, nil, nil)
        (tiling, defect, unreadable) = (nil, nil, [])
    }

    private init(ofSlice dataSet: DICOMDataSet) {
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
