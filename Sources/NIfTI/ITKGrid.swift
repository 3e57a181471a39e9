package import Imaging

/// The grid of a file as ITK's reader presents it.
package struct ITKGrid: Sendable {
    /// The grid of one channel.
    package var geometry: ImageGeometry
    /// Volumes along the fourth dimension; 1 for a file of up to three dimensions.
    package var channelCount: Int
    /// Dimensions as the reader counts them: 2, 3, or 4 with several volumes.
    package var dimensionCount: Int
    /// The distances that channel files are compared by, in the reader's own order.
    package var comparedSpacing: [Double]

    /// Joins the facts.
    package init(geometry: ImageGeometry, channelCount: Int, dimensionCount: Int, comparedSpacing: [Double]) {
        self.geometry = geometry
        self.channelCount = channelCount
        self.dimensionCount = dimensionCount
        self.comparedSpacing = comparedSpacing
    }
}
