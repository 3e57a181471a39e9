package import Imaging

/// Where an image came from, as far as a label map of it must know: the grid its reader presented and what its file had before the reader
/// turned axes.
package struct ImageSource: Sendable, Equatable {
    /// The grid as the reader presented it: labels in reader order have its size.
    package let geometry: ImageGeometry
    /// 2, 3 or 4 as the reader counts; labels of a four-dimensional image can't be written.
    package let dimensionCount: Int
    /// nibabel's affine of the file; nil with ITK's readers.
    package let originalAffine: NIfTIAffine?
    /// nibabel's affine after turning the axes; nil without turning.
    package let reorientedAffine: NIfTIAffine?
    /// ITK's three-letter orientation of the file; nil without turning.
    package let originalOrientation: String?
    /// From the file's axes to the reader's.
    package let order: AxisOrder

    /// The source of an image whose axes no reader turned: labels are written as `SimpleITKIO` writes them.
    package init(geometry: ImageGeometry) {
        self.init(geometry: geometry, dimensionCount: geometry.dimension)
    }

    /// Joins the facts; `order` leads from the file's axes to the reader's.
    package init(
        geometry: ImageGeometry, dimensionCount: Int, originalAffine: NIfTIAffine? = nil, reorientedAffine: NIfTIAffine? = nil,
        originalOrientation: String? = nil, order: AxisOrder = .identity
    ) {
        self.geometry = geometry
        self.dimensionCount = dimensionCount
        self.originalAffine = originalAffine
        self.reorientedAffine = reorientedAffine
        self.originalOrientation = originalOrientation
        self.order = order
    }

    /// The source of a case whose properties `SimpleITKIOWithReorient` saved; nil when the orientation is not a code such as `LPS`.
    package init?(reorientedGeometry: ImageGeometry, originalOrientation: String) {
        guard let original = AnatomicalOrientation(letters: originalOrientation) else { return nil }
        let back = AnatomicalOrientation(asITKOf: reorientedGeometry.direction).order(to: original)
        self.init(
            geometry: reorientedGeometry, dimensionCount: 3, originalOrientation: originalOrientation, order: back.inverse)
    }

    /// The source of a case whose properties nibabel's readers saved; `size` (x, y, z) is the reader's. Nil when an axis has no direction.
    package init?(size: SIMD3<Int>, spacing: SIMD3<Double>, originalAffine: NIfTIAffine, reorientedAffine: NIfTIAffine? = nil) {
        var order = AxisOrder.identity
        if reorientedAffine != nil {
            guard let found = originalAffine.orderToRAS else { return nil }
            order = found
        }
        self.init(
            geometry: (reorientedAffine ?? originalAffine).geometry(size: size, spacing: spacing), dimensionCount: 3,
            originalAffine: originalAffine, reorientedAffine: reorientedAffine, order: order)
    }

    /// The file's own size (x, y, z).
    package var fileSize: SIMD3<Int> { order.inverse.size(from: geometry.size) }
}
