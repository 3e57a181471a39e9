import Compression
package import Files
package import Imaging
import Tensors

/// The channels of one case as an nnU-Net reader class presents them.
package struct NIfTIImage: ~Copyable, Sendable {
    /// float32, C order (channel, z, y, x) in reader order, with the grid of the first channel.
    package var image: MultichannelImage
    /// nnU-Net's `spacing` property: (z, y, x) mm; for a planar image z is 999 times the largest distance.
    package let arraySpacing: [Double]
    /// What a writer needs to put labels onto the file's own grid.
    package let source: NIfTISource
    /// Differences and repairs that an operator should know; nnU-Net would print or ignore them.
    package let warnings: [String]
    /// Voxels that are NaN or infinite in the file. ITK's readers take them as 0 before scaling; nibabel's keep them unless told otherwise.
    package let notFiniteCount: Int
    /// Voxels that are finite in the file but too large for float32.
    package let tooLargeCount: Int

    /// The image alone, handed over without a copy; other modules can't take a noncopyable value apart themselves.
    package consuming func takeImage() -> MultichannelImage { image }
}

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
) throws(Problem) -> NIfTIImage {
    guard let firstPath = paths.first else { throw .unreadable(path: "", reason: "a case without a channel file") }
    let first = try PresentedFile(path: firstPath, reader: reader)
    var others: [PresentedFile] = []
    var warnings = first.warnings
    for path in paths.dropFirst() {
        let other = try PresentedFile(path: path, reader: reader)
        try first.requireSameGrid(as: other)
        warnings += other.warnings + first.placementWarnings(against: other)
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
    return NIfTIImage(
        image: MultichannelImage(geometry: first.source.geometry, channelCount: channelCount, voxels: voxels),
        arraySpacing: first.arraySpacing, source: first.source, warnings: warnings, notFiniteCount: unusable.notFinite,
        tooLargeCount: unusable.tooLarge)
}

/// A file seen by a reader class: its header read, its voxels not.
struct PresentedFile {
    let file: NIfTIFile
    let source: NIfTISource
    let channelCount: Int
    let arraySpacing: [Double]
    private let comparedSpacing: [Double]
    let warnings: [String]

    init(path: String, reader: NIfTIReaderWriter) throws(Problem) {
        file = try NIfTIFile(path: path)
        if reader.followsNibabel {
            let affine = try file.header.nibabelAffine(path: path)
            let size = SIMD3(file.header.dimensions[0], file.header.dimensions[1], file.header.dimensions[2])
            (source, arraySpacing) = try Self.nibabelSource(affine, size: size, zooms: file.header.nibabelZooms, reader: reader, path: path)
            channelCount = 1
            comparedSpacing = arraySpacing
        } else {
            let grid = try file.header.itkGrid(path: path)
            let geometry = grid.geometry
            let planar = [999 * max(geometry.spacing.x, geometry.spacing.y), geometry.spacing.y, geometry.spacing.x]
            if reader.reorients {
                guard grid.dimensionCount == 3 else {
                    throw .unsupported(
                        path: path,
                        reason: "it has \(grid.dimensionCount) dimensions, \(reader.rawValue) takes 3; "
                            + (grid.dimensionCount < 3 ? "save it as a volume of one slice" : "give one file per channel"))
                }
                let orientation = AnatomicalOrientation(asITKOf: geometry.direction)
                let order = orientation.order(to: .ras)
                source = NIfTISource(
                    geometry: order.apply(to: geometry), dimensionCount: 3, originalOrientation: orientation.letters, order: order)
                arraySpacing = source.geometry.arraySpacing
                comparedSpacing = arraySpacing
            } else {
                source = NIfTISource(geometry: geometry, dimensionCount: grid.dimensionCount)
                arraySpacing = grid.dimensionCount == 2 ? planar : geometry.arraySpacing
                comparedSpacing = grid.comparedSpacing
            }
            channelCount = grid.channelCount
        }
        warnings = file.header.warnings(as: reader, path: path)
        try Self.requirePlausible(source.geometry, path: path)
        try file.checkSize()
    }

    /// Distances of a nanometre to a kilometre and places within ten kilometres survive single precision; others are damage.
    private static func requirePlausible(_ geometry: ImageGeometry, path: String) throws(Problem) {
        let (spacing, origin) = (geometry.spacing, geometry.origin)
        guard spacing.min() >= 1e-6, spacing.max() <= 1e6 else {
            throw .damaged(path: path, reason: "its voxel distances (x, y, z) are \(spacing.x), \(spacing.y), \(spacing.z) mm")
        }
        guard origin.min() >= -1e7, origin.max() <= 1e7 else {
            throw .damaged(path: path, reason: "its origin is \(origin.x), \(origin.y), \(origin.z) mm")
        }
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

    /// nnU-Net's check of channel files: equal shape, spacing equal as `numpy.allclose` has it.
    func requireSameGrid(as other: PresentedFile) throws(Problem) {
        let (mine, theirs) = (source.geometry, other.source.geometry)
        guard mine.size == theirs.size, channelCount == other.channelCount, source.dimensionCount == other.source.dimensionCount else {
            throw .channelsDiffer(
                first: file.path, other: other.file.path,
                reason: "\(sizeText(other.file.header.dimensions)) voxels instead of \(sizeText(file.header.dimensions))")
        }
        guard areClose(comparedSpacing, other.comparedSpacing) else {
            throw .channelsDiffer(
                first: file.path, other: other.file.path,
                reason: "voxel distances (z, y, x) \(other.arraySpacing) mm instead of \(arraySpacing) mm")
        }
    }

    /// nnU-Net's warnings: origin, direction or affine differ.
    func placementWarnings(against other: PresentedFile) -> [String] {
        let (mine, theirs) = (source.geometry, other.source.geometry)
        let placement = { (geometry: ImageGeometry) in [geometry.origin.x, geometry.origin.y, geometry.origin.z] }
        var differing: [String] = []
        if let affine = source.reorientedAffine ?? source.originalAffine,
            let otherAffine = other.source.reorientedAffine ?? other.source.originalAffine
        {
            if !areClose(affine.elements, otherAffine.elements) { differing = ["affine"] }
        } else {
            if !areClose(placement(mine), placement(theirs)) { differing.append("origin") }
            if !areClose(mine.direction.elements, theirs.direction.elements) { differing.append("direction") }
        }
        return differing.map {
            "\(other.file.path): its \($0) differs from that of \(file.path), the grid of the first is used; check in the overlay that they lie"
                + " upon each other."
        }
    }

    private static func nibabelSource(
        _ affine: NIfTIAffine, size: SIMD3<Int>, zooms: SIMD3<Double>, reader: NIfTIReaderWriter, path: String
    ) throws(Problem) -> (NIfTISource, [Double]) {
        guard reader.reorients else {
            let geometry = affine.geometry(size: size, spacing: zooms)
            return (NIfTISource(geometry: geometry, dimensionCount: 3, originalAffine: affine), [zooms.z, zooms.y, zooms.x])
        }
        guard let order = affine.orderToRAS else {
            throw .unsupported(path: path, reason: "its affine is singular, so its axes can't be turned; correct its header")
        }
        let turned = affine.applying(order, size: size)
        // nibabel keeps the header where nothing turns, and else takes the voxel sizes from the affine, in single precision.
        let lengths = turned.columnLengths
        let single = SIMD3(Double(Float(lengths.x)), Double(Float(lengths.y)), Double(Float(lengths.z)))
        let spacing = order == .identity ? zooms : single
        let source = NIfTISource(
            geometry: turned.geometry(size: order.size(from: size), spacing: spacing), dimensionCount: 3, originalAffine: affine,
            reorientedAffine: turned, order: order)
        return (source, [spacing.z, spacing.y, spacing.x])
    }
}

/// `numpy.allclose` of values against reference ones: |a − b| ≤ 1e-8 + 1e-5 |b|.
func areClose(_ first: [Double], _ others: [Double]) -> Bool {
    first.count == others.count && zip(first, others).allSatisfy { abs($0 - $1) <= 1e-8 + 1e-5 * abs($1) }
}
