package import Files
package import Imaging

/// Draws one slice with its labels exactly as `nnUNetv2_plot_overlay_pngs` does (`nnunetv2/utilities/overlay_plots.py`).
///
/// The slice, across array axis z, on which the labels' shares of their own volumes are largest on average, the first of equals; rows
/// are y, columns x, nothing is flipped and the spacing is ignored. Grey values are stretched from their least to their largest, each
/// value of the slice, background included, adds `intensity` of the colour of its rank, and the sum is stretched again.
///
/// - Parameters:
///   - image: in the reader's order.
///   - labels: of the same size.
///   - channel: from 0.
///   - intensity: how strongly colours are added; nnU-Net's default is 0.6.
/// - Returns: an RGBA PNG of size.x × size.y px. A slice that is constant or not finite is black, as in nnU-Net on x86.
/// - Throws: `gridsDiffer`, `noSuchChannel`, and `tooManyLabels` for a slice of more than fifteen values.
package func plotOverlay(
    image: borrowing MultichannelImage, labels: borrowing LabelMap, channel: Int = 0, intensity: Double = 0.6
) throws(Problem) -> PNGImage {
    let size = image.geometry.size
    guard size == labels.geometry.size else {
        let other = labels.geometry.size
        throw .gridsDiffer(image: [size.x, size.y, size.z], labels: [other.x, other.y, other.z])
    }
    guard (0..<image.channelCount).contains(channel) else { throw .noSuchChannel(index: channel, count: image.channelCount) }
    guard image.geometry.voxelCount > 0 else { throw .sizeOutOfBounds(size: [size.x, size.y, size.z]) }
    let slice = TrainingOverlay.mostLabelledSlice(LabelSurvey(labels), sliceCount: size.z)
    let count = size.x * size.y
    let voxels = image.voxels.span
    let values = labels.voxels.span
    let start = channel * image.geometry.voxelCount + slice * count
    let grey = (0..<count).map { voxels[start + $0] }
    let segmentation = (0..<count).map { values[slice * count + $0] }
    let present = Set(segmentation).sorted()
    guard present.count <= TrainingOverlay.colors.count else { throw .tooManyLabels(count: present.count, slice: slice) }
    let rgb = TrainingOverlay.blend(grey, segmentation, present: present, intensity: intensity)
    return try RGBAEncoder.encode(rgb: rgb, width: size.x, height: size.y)
}

/// The same, written to a file: under a temporary name, flushed and renamed.
package func plotOverlay(
    image: borrowing MultichannelImage, labels: borrowing LabelMap, channel: Int = 0, intensity: Double = 0.6, to path: String
) throws(Problem) {
    try plotOverlay(image: image, labels: labels, channel: channel, intensity: intensity).write(to: path)
}
