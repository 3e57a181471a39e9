import Files
import Imaging
import NIfTI
import Tensors

/// A file of another format than NIfTI as a reader class presents it: its header read and checked, its voxels still to come.
protocol ImageFile {
    var grid: PresentedGrid { get }
    /// The numbers that its voxels are.
    var type: VoxelType { get }
    /// For people: what was assumed.
    var warnings: [String] { get }

    /// The voxels along the file's own axes, as many as the grid says for all channels.
    func voxels() throws(Problem) -> StoredVoxels
}

extension ImageFile {
    /// The voxels as float32 in reader order, into memory of exactly as many.
    func read(into target: inout MutableSpan<Float>, zeroingNotFinite: Bool) throws(Problem) -> StoredVoxels.Unusable {
        let stored = try voxels()
        guard grid.source.order != .identity else { return stored.convert(to: &target, zeroingNotFinite: zeroingNotFinite) }
        var inFile = Buffer<Float>(uninitializedCount: target.count, hugePages: false)
        var span = inFile.mutableSpan
        let unusable = stored.convert(to: &span, zeroingNotFinite: zeroingNotFinite)
        grid.source.order.copy(inFile.span, size: grid.source.fileSize, to: &target)
        return unusable
    }

    /// The voxels as labels in reader order.
    ///
    /// - Throws: `.unsupported` where there are several channels, or voxels that are no whole numbers from 0 to 65535.
    func labels() throws(Problem) -> LabelMap {
        guard grid.channelCount == 1 else {
            throw .unsupported(path: grid.path, reason: "a label map has one channel, this file has \(grid.channelCount)")
        }
        var labels = Buffer<UInt16>(uninitializedCount: grid.source.geometry.voxelCount, hugePages: false)
        var target = labels.mutableSpan
        let wrong = try voxels().copyLabels(to: &target)
        guard wrong == 0 else {
            throw .unsupported(
                path: grid.path,
                reason: "\(wrong) of its \(labels.count) voxels are not whole numbers from 0 to 65535; it is no label map")
        }
        if grid.source.order != .identity { labels = grid.source.order.apply(to: labels, size: grid.source.fileSize) }
        return LabelMap(geometry: grid.source.geometry, voxels: labels)
    }
}

/// Opens a file of another format than NIfTI.
///
/// - Parameters:
///   - path: the file.
///   - reader: whose rules count.
///   - isLabelMap: whether it is a label map, whose side-car has another name than an image's.
/// - Throws: `.unsupported` where the class does not read the ending, and whatever is wrong with the file.
/// - Returns: the file, its header read.
func openImage(_ path: String, as reader: ReaderWriter, isLabelMap: Bool = false) throws(Problem) -> any ImageFile {
    switch reader {
    case .naturalImage2D: return try NaturalImage(path: path)
    case .tiff3D: return try TIFFVolume(path: path, isLabelMap: isLabelMap)
    case .simpleITK, .simpleITKReorient:
        if let format = ITKFormat(path: path) { return try ITKFile(path: path, format: format, reorients: reader == .simpleITKReorient) }
    case .nibabel, .nibabelReorient: break
    }
    throw .unsupported(path: path, reason: "\(reader.rawValue) reads files that end in \(reader.fileEndings.joined(separator: ", "))")
}
