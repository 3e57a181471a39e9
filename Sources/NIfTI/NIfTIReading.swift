import Compression
package import Files
import Imaging
import Tensors

/// Reads the channel files of one case, in the order given, as the reader class does (nnU-Net `imageio/`).
///
/// All files must have one size and one spacing; origins and directions that differ are warnings, as in nnU-Net. A four-dimensional file
/// counts as several channels.
///
/// - Parameters:
///   - paths: one file for each channel, or one of four dimensions.
///   - reader: whose rules count.
///   - zeroingNotFinite: nibabel's readers, too, take what is NaN or infinite in the file as 0 before scaling.
/// - Returns: the channels in reader order.
/// - Throws: `Problem` for files that are damaged, of another kind, that differ in size or spacing, or are larger than this machine's
///   memory.
package func readImage(
    paths: [String], as reader: NIfTIReaderWriter = .simpleITK, zeroingNotFinite: Bool = false
) throws(Problem) -> PresentedImage {
    guard let firstPath = paths.first else { throw .unreadable(path: "", reason: "a case without a channel file") }
    let first = try PresentedFile(path: firstPath, reader: reader)
    var others: [PresentedFile] = []
    var warnings = first.warnings
    for path in paths.dropFirst() {
        let other = try PresentedFile(path: path, reader: reader)
        try first.grid.requireSame(as: other.grid)
        warnings += other.warnings + first.grid.placementWarnings(against: other.grid)
        others.append(other)
    }
    let files = [first] + others
    let channelCount = files.reduce(0) { $0 + $1.channelCount }
    let perChannel = first.source.geometry.voxelCount
    var voxels = Buffer<Float>(uninitializedCount: perChannel * channelCount, hugePages: false)
    var (start, unusable) = (0, UnusableVoxels())
    for file in files {
        let count = perChannel * file.channelCount
        let result = try file.readVoxels(into: &voxels, from: start, count: count, reader: reader, zeroesNotFinite: zeroingNotFinite)
        unusable += result.unusable
        warnings += result.warnings
        start += count
    }
    return PresentedImage(
        image: MultichannelImage(geometry: first.source.geometry, channelCount: channelCount, voxels: voxels), grid: first.grid,
        warnings: warnings, notFiniteCount: unusable.notFinite, tooLargeCount: unusable.tooLarge)
}

/// A file seen by a reader class: its header read, its voxels not.
struct PresentedFile {
    let file: NIfTIFile
    let grid: PresentedGrid
    let warnings: [String]

    var source: ImageSource { grid.source }
    var channelCount: Int { grid.channelCount }

    init(path: String, reader: NIfTIReaderWriter) throws(Problem) {
        file = try NIfTIFile(path: path)
        if reader.followsNibabel {
            let affine = try file.header.nibabelAffine(path: path)
            let size = SIMD3(file.header.dimensions[0], file.header.dimensions[1], file.header.dimensions[2])
            grid = try Self.nibabelGrid(affine, size: size, zooms: file.header.nibabelZooms, reader: reader, path: path)
        } else {
            grid = try PresentedGrid(path: path, itk: file.header.itkGrid(path: path), reorients: reader.reorients)
        }
        warnings = file.header.warnings(as: reader, path: path)
        try grid.requirePlausible()
        try file.checkSize()
    }

    /// Reads the file's voxels into part of a buffer, in reader order.
    func readVoxels(
        into voxels: inout Buffer<Float>, from start: Int, count: Int, reader: NIfTIReaderWriter, zeroesNotFinite: Bool
    ) throws(Problem) -> (unusable: UnusableVoxels, warnings: [String]) {
        var span = voxels.mutableSpan
        var target = span.part(start, count: count)
        var result: (unusable: UnusableVoxels, warnings: [String])
        if source.order == .identity {
            result = try file.readVoxels(into: &target, followsNibabel: reader.followsNibabel, zeroesNotFinite: zeroesNotFinite)
        } else {
            var stored = Buffer<Float>(uninitializedCount: count, hugePages: false)
            var inFile = stored.mutableSpan
            result = try file.readVoxels(into: &inFile, followsNibabel: reader.followsNibabel, zeroesNotFinite: zeroesNotFinite)
            source.order.copy(stored.span, size: source.fileSize, to: &target)
        }
        if result.unusable.notFinite > 0 {
            let isZero = zeroesNotFinite || !reader.followsNibabel
            result.warnings.append(
                "\(file.path): \(result.unusable.notFinite) voxels are NaN or infinite\(isZero ? " and are taken as 0" : ""); check the image."
            )
        }
        if result.unusable.tooLarge > 0 {
            result.warnings.append("\(file.path): \(result.unusable.tooLarge) voxels are too large for float32; check the image.")
        }
        return result
    }

    private static func nibabelGrid(
        _ affine: NIfTIAffine, size: SIMD3<Int>, zooms: SIMD3<Double>, reader: NIfTIReaderWriter, path: String
    ) throws(Problem) -> PresentedGrid {
        guard reader.reorients else {
            let geometry = affine.geometry(size: size, spacing: zooms)
            return PresentedGrid(
                path: path, source: ImageSource(geometry: geometry, dimensionCount: 3, originalAffine: affine),
                arraySpacing: [zooms.z, zooms.y, zooms.x])
        }
        guard let order = affine.orderToRAS else {
            throw .unsupported(path: path, reason: "its affine is singular, so its axes can't be turned; correct its header")
        }
        let turned = affine.applying(order, size: size)
        // nibabel keeps the header where nothing turns, and else takes the voxel sizes from the affine, in single precision.
        let lengths = turned.columnLengths
        let single = SIMD3(Double(Float(lengths.x)), Double(Float(lengths.y)), Double(Float(lengths.z)))
        let spacing = order == .identity ? zooms : single
        let source = ImageSource(
            geometry: turned.geometry(size: order.size(from: size), spacing: spacing), dimensionCount: 3, originalAffine: affine,
            reorientedAffine: turned, order: order)
        return PresentedGrid(path: path, source: source, arraySpacing: [spacing.z, spacing.y, spacing.x])
    }
}
