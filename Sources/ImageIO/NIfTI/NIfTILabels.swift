import Archives
public import Imaging

/// A label map read from a file, in reader order.
public struct NIfTILabels: ~Copyable, Sendable {
    /// (z, y, x) labels on the reader's grid.
    public var labels: LabelMap
    /// nnU-Net's `spacing` property: (z, y, x) mm.
    public let arraySpacing: [Double]
    /// What a writer needs to put labels onto the file's own grid.
    public let source: NIfTISource
    /// Repairs that an operator should know.
    public let warnings: [String]
}

/// Reads a label map as the reader class does (nnU-Net `read_seg`). Every voxel must be a whole number from 0 to 65535.
public func readLabels(path: String, as reader: NIfTIReaderWriter = .simpleITK) throws(ImageIOError) -> NIfTILabels {
    let read = try readImage(paths: [path], as: reader)
    guard read.image.channelCount == 1 else {
        throw .unsupported(path: path, reason: "a label map has one volume, this file has \(read.image.channelCount)")
    }
    guard read.notFiniteCount == 0 else {
        throw .damaged(path: path, reason: "\(read.notFiniteCount) of its labels are not numbers")
    }
    var voxels = VoxelBuffer<UInt16>(uninitializedCount: read.image.voxels.count)
    let (stored, wrong) = (read.image.voxels.span, narrow(read.image.voxels.span, into: voxels.mutableSpan))
    guard wrong == 0 else {
        throw .unsupported(
            path: path, reason: "\(wrong) of its \(stored.count) voxels are not whole numbers from 0 to 65535; it is no label map")
    }
    return NIfTILabels(
        labels: LabelMap(geometry: read.image.geometry, voxels: voxels), arraySpacing: read.arraySpacing, source: read.source,
        warnings: read.warnings)
}

/// Reads a label map back and compares it with what was to be written: every byte of the header, the place in the patient, every voxel.
public func verifyLabels(
    at path: String, equal labels: borrowing LabelMap, source: NIfTISource, as reader: NIfTIReaderWriter = .simpleITK
) throws(ImageIOError) {
    let written = try readLabels(path: path, as: reader)
    let (expected, found) = (source.geometry, written.source.geometry)
    guard expected.size == found.size, labels.geometry.size == found.size else {
        throw .verificationFailed(
            path: path,
            reason: "\(sizeText((0..<3).map { found.size[$0] })) voxels instead of \(sizeText((0..<3).map { expected.size[$0] }))")
    }
    let header = try labelHeader(source: source, as: reader, isNarrow: writesBytes(labels.voxels, as: reader), path: path)
    guard try imageFile({ () throws(ArchiveError) in try firstBytes(header.count, of: path) }) == header else {
        throw .verificationFailed(path: path, reason: "its header is not the one that was written")
    }
    // A planar image's oblique plane can't be said in its file, so only volumes are compared in space.
    let distance = source.dimensionCount == 2 ? 0 : placementDistance(of: written.source, from: source)
    guard distance <= 0.25 * min(expected.spacing.x, expected.spacing.y, expected.spacing.z) else {
        throw .verificationFailed(path: path, reason: "its grid lies up to \(distance) mm from the image's")
    }
    // The reorienting ITK writer keeps eight bits, as nnU-Net's does.
    let mask: UInt16 = reader == .simpleITKReorient ? 0xff : 0xffff
    let (ours, theirs) = (labels.voxels.span, written.labels.voxels.span)
    var differing = 0
    for i in ours.indices where ours[unchecked: i] & mask != theirs[unchecked: i] { differing += 1 }
    guard differing == 0 else { throw .verificationFailed(path: path, reason: "\(differing) of \(ours.count) voxels differ") }
}

/// The largest distance of corresponding corners, mm. nibabel's voxel sizes need not be its affine's, so its affines are compared.
private func placementDistance(of written: NIfTISource, from source: NIfTISource) -> Double {
    let affines = [written, source].compactMap { $0.reorientedAffine ?? $0.originalAffine }
    guard affines.count == 2 else { return source.geometry.largestCornerDistance(to: written.geometry) }
    let grids = affines.map { $0.geometry(size: source.geometry.size, spacing: $0.columnLengths) }
    return grids[0].largestCornerDistance(to: grids[1])
}

private func firstBytes(_ count: Int, of path: String) throws(ArchiveError) -> [UInt8] {
    let reader = try GzipReader(path: path)
    var bytes = [UInt8](repeating: 0, count: count)
    var failure: ArchiveError?
    bytes.withUnsafeMutableBytes { buffer in
        do throws(ArchiveError) { try reader.readFully(into: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
}

/// Narrows floats to labels; gives the number of those that aren't labels.
private func narrow(_ source: Span<Float>, into target: consuming MutableSpan<UInt16>) -> Int {
    var wrong = 0
    for i in source.indices {
        let value = source[unchecked: i]
        let isInRange = value >= 0 && value <= 65535
        let label = isInRange ? UInt16(value) : 0
        target[unchecked: i] = label
        wrong += Float(label) == value ? 0 : 1
    }
    return wrong
}
