package import Files
import Imaging
package import NIfTI
import Tensors

/// Reads the channel files of one case, in the order given, as the reader class does (nnU-Net `imageio/`).
///
/// All files must have one size and one spacing; origins and directions that differ are warnings, as in nnU-Net.
///
/// - Parameters:
///   - paths: one file for each channel; a picture's colours and a four-dimensional file's volumes count as several.
///   - reader: whose rules count.
///   - zeroingNotFinite: what is NaN or infinite in a file is taken as 0, as ITK's NIfTI reader always does.
/// - Returns: the channels in reader order, float32 (channel, z, y, x).
/// - Throws: `Problem` for files that are damaged, of another kind, that differ in size or spacing, or are larger than this machine's
///   memory.
package func readImage(
    paths: [String], as reader: ReaderWriter, zeroingNotFinite: Bool = false
) throws(Problem) -> PresentedImage {
    if let nifti = reader.nifti, paths.allSatisfy(isNIfTI) {
        return try NIfTI.readImage(paths: paths, as: nifti, zeroingNotFinite: zeroingNotFinite)
    }
    var files: [any ImageFile] = []
    var warnings: [String] = []
    for path in paths {
        let file = try openImage(path, as: reader)
        warnings += file.warnings
        if let first = files.first {
            try first.grid.requireSame(as: file.grid)
            warnings += first.grid.placementWarnings(against: file.grid)
        }
        files.append(file)
    }
    guard let first = files.first?.grid else { throw .unreadable(path: "", reason: "a case without a channel file") }
    let perChannel = first.source.geometry.voxelCount
    let channelCount = files.reduce(0) { $0 + $1.grid.channelCount }
    var voxels = Buffer<Float>(uninitializedCount: perChannel * channelCount, hugePages: false)
    var (channel, unusable) = (0, StoredVoxels.Unusable())
    for file in files {
        var span = voxels.mutableSpan
        var part = span.part(channel * perChannel, count: file.grid.channelCount * perChannel)
        let found = try file.read(into: &part, zeroingNotFinite: zeroingNotFinite)
        warnings += texts(about: found, in: file.grid.path, areZero: zeroingNotFinite)
        (unusable.notFinite, unusable.tooLarge) = (unusable.notFinite + found.notFinite, unusable.tooLarge + found.tooLarge)
        channel += file.grid.channelCount
    }
    return PresentedImage(
        image: MultichannelImage(geometry: first.source.geometry, channelCount: channelCount, voxels: voxels), grid: first,
        warnings: warnings, notFiniteCount: unusable.notFinite, tooLargeCount: unusable.tooLarge)
}

/// Reads a label map as the reader class does (nnU-Net `read_seg`). Every voxel must be a whole number from 0 to 65535.
package func readLabels(path: String, as reader: ReaderWriter) throws(Problem) -> PresentedLabels {
    if let nifti = reader.nifti, isNIfTI(path) { return try NIfTI.readLabels(path: path, as: nifti) }
    let file = try openImage(path, as: reader, isLabelMap: true)
    return PresentedLabels(labels: try file.labels(), grid: file.grid, warnings: file.warnings)
}

/// What a writer needs to put labels onto an image's own grid, from its header alone.
package func readGrid(path: String, as reader: ReaderWriter) throws(Problem) -> ImageSource {
    if let nifti = reader.nifti, isNIfTI(path) { return try NIfTI.readGrid(path: path, as: nifti) }
    return try openImage(path, as: reader).grid.source
}

/// Refuses an image whose label map its format can't hold, from its header alone.
///
/// - Throws: `.unsupported` with the size, and whatever is wrong with the header.
package func requireLabelMap(of path: String, as reader: ReaderWriter) throws(Problem) {
    if reader.nifti != nil, isNIfTI(path) { return try NIfTIHeaderSummary(path: path).requireLabelMap() }
    _ = try readGrid(path: path, as: reader)
}

/// Whether a file is NIfTI by its name: what has no other format's ending is.
package func isNIfTI(_ path: String) -> Bool { ITKFormat(path: path) == nil }

/// For people: the voxels of a file that can't be computed with.
private func texts(about unusable: StoredVoxels.Unusable, in path: String, areZero: Bool) -> [String] {
    var texts: [String] = []
    if unusable.notFinite > 0 {
        texts.append("\(path): \(unusable.notFinite) voxels are NaN or infinite\(areZero ? " and are taken as 0" : ""); check the image.")
    }
    if unusable.tooLarge > 0 { texts.append("\(path): \(unusable.tooLarge) voxels are too large for float32; check the image.") }
    return texts
}
