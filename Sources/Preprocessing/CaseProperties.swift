/// What preprocessing did to a case, for the way back (the properties nnU-Net writes to `<case>.pkl`).
///
/// Shapes and the box are in the network's axis order, that is after `transpose_forward`.
package struct CaseProperties: Sendable, Hashable {
    /// (z, y, x) of the reader, mm.
    package let spacing: [Double]
    /// The image's voxels.
    package let shapeBeforeCropping: [Int]
    /// The smallest box that holds every nonzero voxel of any channel; the whole image when all are zero.
    package let boundingBox: [Range<Int>]

    /// The box's voxels, before resampling.
    package var shapeAfterCropping: [Int] { boundingBox.map(\.count) }

    /// Joins the facts.
    package init(spacing: [Double], shapeBeforeCropping: [Int], boundingBox: [Range<Int>]) {
        self.spacing = spacing
        self.shapeBeforeCropping = shapeBeforeCropping
        self.boundingBox = boundingBox
    }
}
