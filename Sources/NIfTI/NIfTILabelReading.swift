import Compression
package import Files
package import Imaging
import Tensors

/// Reads a label map as the reader class does (nnU-Net `read_seg`). Every voxel must be a whole number from 0 to 65535.
package func readLabels(path: String, as reader: NIfTIReaderWriter = .simpleITK) throws(Problem) -> PresentedLabels {
    let file = try PresentedFile(path: path, reader: reader)
    guard file.channelCount == 1 else {
        throw .unsupported(path: path, reason: "a label map has one volume, this file has \(file.channelCount)")
    }
    var voxels = Buffer<UInt16>(uninitializedCount: file.source.geometry.voxelCount, hugePages: false)
    var target = voxels.mutableSpan
    let result = try file.file.readLabels(into: &target, followsNibabel: reader.followsNibabel)
    guard result.wrong == 0 else {
        throw .unsupported(
            path: path, reason: "\(result.wrong) of its \(voxels.count) voxels are not whole numbers from 0 to 65535; it is no label map")
    }
    if file.source.order != .identity { voxels = file.source.order.apply(to: voxels, size: file.source.fileSize) }
    return PresentedLabels(
        labels: LabelMap(geometry: file.source.geometry, voxels: voxels), grid: file.grid, warnings: file.warnings + result.warnings)
}

/// What a writer needs to put labels onto an image's own grid, from its header alone.
package func readGrid(path: String, as reader: NIfTIReaderWriter = .simpleITK) throws(Problem) -> ImageSource {
    try PresentedFile(path: path, reader: reader).source
}

/// Checks a published label map against the image that it was made of, both seen by one reader class: every voxel reads as a label, and
/// place and header are those that the class's writer gives to a label map of this image.
///
/// - `source`: the grid of the image's first channel (`readGrid`).
package func verifyLabels(
    at path: String, onGridOf source: ImageSource, as reader: NIfTIReaderWriter = .simpleITK
) throws(Problem) {
    let written = try readLabels(path: path, as: reader)
    try requirePlacement(of: written.source, on: source, path: path)
    let header = try labelHeader(source: source, as: reader, isNarrow: writesBytes(written.labels.voxels, as: reader), path: path)
    _ = try streamBehind(header, path: path)
}

/// Reads a label map back and compares it with what was to be written: every byte of the header, the place in the patient, every voxel.
package func verifyLabels(
    at path: String, equal labels: borrowing LabelMap, source: ImageSource, as reader: NIfTIReaderWriter = .simpleITK
) throws(Problem) {
    try requirePlacement(of: try PresentedFile(path: path, reader: reader).source, on: source, path: path)
    try requireSize(labels.geometry.size, of: source, path: path)
    if source.order == .identity {
        try verifyFileOrder(labels.voxels, at: path, source: source, as: reader)
    } else {
        let turned = source.order.inverse.apply(to: labels.voxels, size: source.geometry.size)
        try verifyFileOrder(turned, at: path, source: source, as: reader)
    }
}

private func requireSize(_ found: SIMD3<Int>, of source: ImageSource, path: String) throws(Problem) {
    let expected = source.geometry.size
    guard expected == found else {
        throw .verificationFailed(
            path: path, reason: "\(sizeText((0..<3).map { found[$0] })) voxels instead of \(sizeText((0..<3).map { expected[$0] }))")
    }
}

/// Throws unless a written file has the source's size and lies where it lies, within a quarter of a voxel.
private func requirePlacement(of written: ImageSource, on source: ImageSource, path: String) throws(Problem) {
    try requireSize(written.geometry.size, of: source, path: path)
    // A planar image's oblique plane can't be said in its file, so only volumes are compared in space.
    let distance = source.dimensionCount == 2 ? 0 : placementDistance(of: written, from: source)
    guard distance <= 0.25 * source.geometry.spacing.min() else {
        throw .verificationFailed(path: path, reason: "its grid lies up to \(distance) mm from the image's")
    }
}

/// The largest distance of corresponding corners, mm. nibabel's voxel sizes need not be its affine's, so its affines are compared.
private func placementDistance(of written: ImageSource, from source: ImageSource) -> Double {
    let affines = [written, source].compactMap { $0.reorientedAffine ?? $0.originalAffine }
    guard affines.count == 2 else { return source.geometry.largestCornerDistance(to: written.geometry) }
    let grids = affines.map { $0.geometry(size: source.geometry.size, spacing: $0.columnLengths) }
    return grids[0].largestCornerDistance(to: grids[1])
}

/// A stream of the file that stands behind its header, which must be the given one.
private func streamBehind(_ header: [UInt8], path: String) throws(Problem) -> GzipReader {
    let stream = try GzipReader(path: path)
    guard try stream.bytes(header.count) == header else {
        throw .verificationFailed(path: path, reason: "its header is not the one that a label map of the image has")
    }
    return stream
}

private func verifyFileOrder(
    _ voxels: borrowing Buffer<UInt16>, at path: String, source: ImageSource, as reader: NIfTIReaderWriter
) throws(Problem) {
    let isNarrow = writesBytes(voxels, as: reader)
    let header = try labelHeader(source: source, as: reader, isNarrow: isNarrow, path: path)
    let stream = try streamBehind(header, path: path)
    var chunk = Buffer<UInt8>(uninitializedCount: 1 << 20)
    let labels = voxels.span
    var (done, differing) = (0, 0)
    while done < labels.count {
        let count = min(isNarrow ? 1 << 20 : 1 << 19, labels.count - done)
        var span = chunk.mutableSpan
        var part = span.part(0, count: isNarrow ? count : 2 * count)
        var raw = part.mutableBytes
        try stream.readFully(into: &raw)
        differing += differences(chunk.span, labels.part(done, count: count), isNarrow: isNarrow)
        done += count
    }
    guard differing == 0 else { throw .verificationFailed(path: path, reason: "\(differing) of \(labels.count) voxels differ") }
    guard try stream.drain(limit: 1 << 20) == 0 else {
        throw .verificationFailed(path: path, reason: "it goes on after the last voxel")
    }
}

/// How many voxels of a file, one or two bytes each, differ from the labels.
private func differences(_ stored: Span<UInt8>, _ labels: Span<UInt16>, isNarrow: Bool) -> Int {
    precondition(stored.count >= (isNarrow ? 1 : 2) * labels.count)
    var differing = 0
    if isNarrow {
        for i in labels.indices where stored[i] != UInt8(truncatingIfNeeded: labels[i]) { differing += 1 }
    } else {
        let words = stored.bytes
        for i in labels.indices where words.unsafeLoadUnaligned(fromByteOffset: 2 * i, as: UInt16.self) != labels[i] { differing += 1 }
    }
    return differing
}
