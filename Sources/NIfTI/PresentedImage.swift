package import Imaging

/// The channels of one case as an nnU-Net reader class presents them.
package struct PresentedImage: ~Copyable, Sendable {
    /// float32, C order (channel, z, y, x) in reader order, with the grid of the first channel.
    package var image: MultichannelImage
    /// nnU-Net's `spacing` property: (z, y, x) mm; for a planar image z is 999 times the largest distance.
    package let arraySpacing: [Double]
    /// What a writer needs to put labels onto the file's own grid.
    package let source: ImageSource
    /// Differences and repairs that an operator should know; nnU-Net would print or ignore them.
    package let warnings: [String]
    /// Voxels that are NaN or infinite in the file. ITK's readers take them as 0 before scaling; nibabel's keep them unless told otherwise.
    package let notFiniteCount: Int
    /// Voxels that are finite in the file but too large for float32.
    package let tooLargeCount: Int

    /// Joins what a reader found.
    package init(
        image: consuming MultichannelImage, grid: PresentedGrid, warnings: [String], notFiniteCount: Int, tooLargeCount: Int
    ) {
        self.image = image
        arraySpacing = grid.arraySpacing
        source = grid.source
        self.warnings = warnings
        self.notFiniteCount = notFiniteCount
        self.tooLargeCount = tooLargeCount
    }

    /// The image alone, handed over without a copy; other modules can't take a noncopyable value apart themselves.
    package consuming func takeImage() -> MultichannelImage { image }
}
