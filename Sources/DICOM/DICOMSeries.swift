package import Imaging

/// A series whose slices are proven to make a regular grid without gaps.
package struct DICOMSeries: Sendable {
    /// (0020,000E).
    package let seriesInstanceUID: String
    /// (0008,0060), such as CT or MR.
    package let modality: String
    /// (0020,0011).
    package let seriesNumber: Int?
    /// (0008,103E).
    package let seriesDescription: String?
    /// The slices, by position along the normal row × column; index in this array is the z index of the grid.
    package let files: [DICOMFileHeader]
    /// The grid as ITK's series reader gives it: x along a row, y along a column, z along row × column; LPS, mm.
    package let geometry: ImageGeometry
    /// For people: what was unusual, such as a slice that was there twice.
    package let warnings: [String]
}
