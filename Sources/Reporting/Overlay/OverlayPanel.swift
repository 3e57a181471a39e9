package import Imaging

/// One slice, or a part of one, in one rectangle of the picture.
package struct OverlayPanel {
    let stack: DisplayStack
    /// The slice, counted in the order of the plane's view.
    package let slice: Int
    let crop: Crop
    /// Where it lies in the picture.
    package let rectangle: PixelRectangle
    /// px per mm and the picture's upper left corner within the rectangle.
    let scale: Double
    let offset: SIMD2<Double>
    /// Positions, mm from the picture's upper edge or left edge, of the slices that other panels show.
    var rowMarks: [Double] = []
    var columnMarks: [Double] = []
    var caption = ""
    var isPlaneNamed = false
    var hasScaleBar = false

    /// Fits a part of a slice into a rectangle, centred, with square millimetres.
    init(stack: DisplayStack, slice: Int, crop: Crop, rectangle: PixelRectangle) {
        self.stack = stack
        self.slice = slice
        self.crop = crop
        self.rectangle = rectangle
        let extent = stack.extent(of: crop)
        let size = SIMD2(Double(rectangle.width), Double(rectangle.height))
        scale = (size / extent).min()
        offset = (size - extent * scale) / 2
    }

    /// The plane it shows.
    package var plane: AnatomicalPlane { stack.view.plane }

    /// px per voxel, across and down.
    var voxelScale: SIMD2<Double> { SIMD2(stack.columnSpacing, stack.rowSpacing) * scale }

    /// The slice's intensities as grey pixels of the whole rectangle.
    func greyPixels(of image: borrowing MultichannelImage, channel: Int, range: ClosedRange<Double>) -> [UInt8] {
        let scaler = PictureScaler(
            voxels: SIMD2(crop.columns.count, crop.rows.count), width: rectangle.width, height: rectangle.height, offset: offset,
            scale: voxelScale)
        let intensities = stack.intensities(of: image, channel: channel, slice: slice, crop: crop, range: range)
        return scaler.pixels(of: intensities, sourceWidth: crop.columns.count)
    }

    /// The outlines of the labels in px of the whole picture.
    func outlines(of labels: borrowing LabelMap) -> [(label: UInt16, contours: [LabelRaster.Contour])] {
        let block = SIMD2(max(1, Int(1 / voxelScale.x)), max(1, Int(1 / voxelScale.y)))
        let raster = stack.labels(of: labels, slice: slice, crop: crop, block: block)
        let step = voxelScale * SIMD2(Double(block.x), Double(block.y))
        let corner = SIMD2(Double(rectangle.x), Double(rectangle.y)) + offset
        let rounds = step.max() > 3 ? 2 : step.max() > 1.5 ? 1 : 0
        return raster.contours().map { label, contours in
            (label, contours.map { LabelRaster.smoothed($0, times: rounds).map { $0 * step + corner } })
        }
    }
}
