public import Imaging

/// A series whose slices are proven to make a regular grid without gaps.
public struct DICOMSeries: Sendable {
    /// (0020,000E).
    public let seriesInstanceUID: String
    /// (0008,0060), such as CT or MR.
    public let modality: String
    /// (0020,0011).
    public let seriesNumber: Int?
    /// (0008,103E).
    public let seriesDescription: String?
    /// The slices, by position along the normal row × column; index in this array is the z index of the grid.
    public let files: [DICOMFileHeader]
    /// The grid as ITK's series reader gives it: x along a row, y along a column, z along row × column; LPS, mm.
    public let geometry: ImageGeometry
    /// For people: what was unusual, such as a slice that was there twice.
    public let warnings: [String]
}
