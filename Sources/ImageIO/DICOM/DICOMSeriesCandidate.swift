/// The parallel slices of one series, equal in size and pixel spacing, whose positions are not yet proven to be a grid.
public struct DICOMSeriesCandidate: Sendable {
    /// (0020,000E), common to all files.
    public var seriesInstanceUID: String { files[0].seriesInstanceUID }
    /// (0008,0060) of the first file.
    public var modality: String { files[0].modality }
    /// (0020,0011) of the first file.
    public var seriesNumber: Int? { files[0].seriesNumber }
    /// (0008,103E) of the first file.
    public var seriesDescription: String? { files[0].seriesDescription }
    /// At least one, in the order in which they were given.
    public private(set) var files: [DICOMFileHeader]

    /// Files that can't be read whole and may be slices of this series: their UID says so, or they lie beside its slices without one.
    public private(set) var damagedFiles: [DICOMCollection.OtherObject] = []
    /// Images of this series that lack what a slice needs, or whose pixels can't be read.
    public private(set) var unusableFiles: [DICOMCollection.OtherObject] = []

    init(first: DICOMFileHeader) {
        files = [first]
    }

    mutating func add(_ header: DICOMFileHeader) {
        files.append(header)
    }

    mutating func addDamaged(_ file: DICOMCollection.OtherObject) {
        damagedFiles.append(file)
    }

    mutating func addUnusable(_ file: DICOMCollection.OtherObject) {
        unusableFiles.append(file)
    }

    /// Whether the slices are known to be all of the series.
    public var wholeness: DICOMWholeness {
        let files = damagedFiles + unusableFiles
        guard let first = files.first else { return .assumed }
        let more = files.count > 1 ? " (and \(files.count - 1) more files)" : ""
        return .contradicted("\(first.path) \(first.reason)\(more)")
    }

    /// Whether a slice of the same series is parallel to these and equal in size and spacing.
    func takes(_ header: DICOMFileHeader) -> Bool {
        let first = files[0]
        guard header.rows == first.rows, header.columns == first.columns, header.frameOfReferenceUID == first.frameOfReferenceUID,
            let spacing = header.pixelSpacing, let firstSpacing = first.pixelSpacing, let row = header.rowDirection,
            let firstRow = first.rowDirection, let column = header.columnDirection, let firstColumn = first.columnDirection
        else { return false }
        let spacingDifference = (spacing / firstSpacing - 1).largestMagnitude
        let directionDifference = max((row - firstRow).largestMagnitude, (column - firstColumn).largestMagnitude)
        return spacingDifference <= DICOMTolerance.relativePixelSpacing && directionDifference <= DICOMTolerance.directionCosine
    }
}

extension SIMD where Scalar == Double {
    /// The largest absolute value of the elements.
    fileprivate var largestMagnitude: Double { Swift.max(self.max(), -self.min()) }
}
