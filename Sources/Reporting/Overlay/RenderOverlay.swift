package import Files
package import Imaging

/// Draws the picture that a radiologist looks at first: slices through the labels, and the most telling cuts in the two other planes.
///
/// Radiological convention (the patient's right on the left of the picture, axially the front, else the head, on top, sagittally the
/// front on the left) for any orientation of the grid, by its closest axes; millimetres are square. Tiles are axial, or in the plane
/// of acquisition where that is another and slices are thick. They show all of a slice, or the part around the labels where these
/// would look small. Contours are marching squares at the voxel grid's resolution with rounded corners. A planar image is one panel.
/// The result depends on the arguments and the installed font only.
///
/// - Parameters:
///   - image: the image before any preprocessing; voxels that are not finite are drawn black.
///   - labels: on the same grid.
///   - request: names, intensities and channel.
/// - Returns: a PNG of at most about 1600 × 2000 px.
/// - Throws: `gridsDiffer`, `noSuchChannel`, `sizeOutOfBounds`, or `drawing` when Cairo fails.
package func renderOverlay(
    image: borrowing MultichannelImage, labels: borrowing LabelMap, request: OverlayRequest
) throws(Problem) -> PNGImage {
    try renderOverlay(image: image, labels: labels, survey: LabelSurvey(labels), request: request)
}

/// The same with a survey of the labels that was made before.
package func renderOverlay(
    image: borrowing MultichannelImage, labels: borrowing LabelMap, survey: LabelSurvey, request: OverlayRequest
) throws(Problem) -> PNGImage {
    let size = [image.geometry.size.x, image.geometry.size.y, image.geometry.size.z]
    let labelSize = [labels.geometry.size.x, labels.geometry.size.y, labels.geometry.size.z]
    guard size == labelSize else { throw .gridsDiffer(image: size, labels: labelSize) }
    guard image.geometry.voxelCount > 0 else { throw .sizeOutOfBounds(size: size) }
    guard (0..<image.channelCount).contains(request.channel) else {
        throw .noSuchChannel(index: request.channel, count: image.channelCount)
    }
    let range = request.window.range(of: image, channel: request.channel)
    let plan = MontagePlan(geometry: image.geometry, survey: survey)
    return try OverlayRenderer(plan: plan, request: request, range: range, survey: survey).render(image: image, labels: labels)
}
