import Compression
package import Files
package import Imaging
import Tensors

/// Writes a label map as the writer class does (nnU-Net `write_seg`): uint8 when every label is below 255, else uint16; gzip when the name
/// ends in `.gz`; on the original file's grid, whose axes are turned back where the reader turned them.
///
/// `labels` is in reader order and has the source's size. The file appears under its name only when it is whole and on the disk.
package func writeLabels(
    _ labels: borrowing LabelMap, to path: String, source: ImageSource, as writer: NIfTIReaderWriter = .simpleITK
) throws(Problem) {
    try requireWritable(labels.geometry.size, source: source, path: path)
    if source.order == .identity {
        try writeFileOrder(labels.voxels, to: path, source: source, as: writer)
    } else {
        let turned = source.order.inverse.apply(to: labels.voxels, size: source.geometry.size)
        try writeFileOrder(turned, to: path, source: source, as: writer)
    }
}

/// Writes a volume as ITK would: an nnU-Net input file. gzip when the name ends in `.gz`.
package func writeVolume(_ volume: borrowing Volume<Float>, to path: String) throws(Problem) {
    let header = try itkHeader(volume.geometry, datatype: .float32, path: path)
    try write(volume.voxels, header: header, to: path, level: 1)
}

/// Writes a volume as ITK would: an nnU-Net input file. gzip when the name ends in `.gz`.
package func writeVolume(_ volume: borrowing Volume<Int16>, to path: String) throws(Problem) {
    let header = try itkHeader(volume.geometry, datatype: .int16, path: path)
    try write(volume.voxels, header: header, to: path, level: 1)
}

private func writeFileOrder(
    _ voxels: borrowing Buffer<UInt16>, to path: String, source: ImageSource, as writer: NIfTIReaderWriter
) throws(Problem) {
    let isNarrow = writesBytes(voxels, as: writer)
    let header = try labelHeader(source: source, as: writer, isNarrow: isNarrow, path: path)
    if isNarrow {
        var narrow = Buffer<UInt8>(uninitializedCount: voxels.count, hugePages: false)
        var target = narrow.mutableSpan
        let from = voxels.span
        for i in from.indices { target[unchecked: i] = UInt8(truncatingIfNeeded: from[unchecked: i]) }
        try write(narrow, header: header, to: path, level: 6)
    } else {
        try write(voxels, header: header, to: path, level: 6)
    }
}

/// The 352 bytes that a label map of a source begins with.
func labelHeader(source: ImageSource, as writer: NIfTIReaderWriter, isNarrow: Bool, path: String) throws(Problem) -> [UInt8] {
    let datatype: NIfTIDatatype = isNarrow ? .uint8 : .uint16
    guard let affine = source.originalAffine, writer.followsNibabel else {
        return try itkHeader(source.order.inverse.apply(to: source.geometry), datatype: datatype, path: path)
    }
    try requireNIfTISize(source.fileSize, path: path)
    let written = source.reorientedAffine?.applying(source.order.inverse, size: source.geometry.size) ?? affine
    return NIfTIHeaderBytes.nibabel(affine: written, size: source.fileSize, datatype: datatype)
}

/// Whether labels are written as uint8. nnU-Net's reorienting ITK writer always does so, whatever is lost.
func writesBytes(_ voxels: borrowing Buffer<UInt16>, as writer: NIfTIReaderWriter) -> Bool {
    guard writer != .simpleITKReorient else { return true }
    let span = voxels.span
    var largest: UInt16 = 0
    for i in span.indices { largest = max(largest, span[unchecked: i]) }
    return largest < 255
}

/// The 352 bytes that ITK begins an image of a grid with.
func itkHeader(_ geometry: ImageGeometry, datatype: NIfTIDatatype, path: String) throws(Problem) -> [UInt8] {
    try requireNIfTISize(geometry.size, path: path)
    return NIfTIHeaderBytes.itk(geometry: geometry, datatype: datatype)
}

/// Refuses a grid that NIfTI-1 can't hold, the format of converted images and of label maps; asked before anything is computed on it.
///
/// - Parameters:
///   - size: voxels along (x, y, z).
///   - path: for errors only.
/// - Throws: `Problem.unsupported` with the size.
package func requireNIfTISize(_ size: SIMD3<Int>, path: String) throws(Problem) {
    guard size.min() > 0, size.max() <= Int(Int16.max) else {
        throw .unsupported(
            path: path,
            reason: "NIfTI-1, the format of label maps, holds at most 32767 voxels along an axis, not"
                + " \(sizeText((0..<3).map { size[$0] })); crop or resample the image")
    }
}

private func requireWritable(_ size: SIMD3<Int>, source: ImageSource, path: String) throws(Problem) {
    guard source.dimensionCount < 4 else {
        throw .unwritable(
            path: path, reason: "labels of a four-dimensional image have no grid to go to; give one three-dimensional file per channel")
    }
    guard size == source.geometry.size else {
        throw .unwritable(
            path: path,
            reason: "the labels have \(sizeText((0..<3).map { size[$0] })) voxels, the image has"
                + " \(sizeText((0..<3).map { source.geometry.size[$0] }))")
    }
}

private func write<Voxel>(
    _ voxels: borrowing Buffer<Voxel>, header: [UInt8], to path: String, level: Int32
) throws(Problem) {
    let file = try AtomicFile(path: path)
    let isCompressed = path.hasSuffix(".gz")
    let bytes = voxels.span.bytes
    if isCompressed {
        let writer = try GzipWriter(file: file, level: level)
        try writer.write(header)
        try writer.write(bytes)
        try writer.finish()
    } else {
        try file.write(header)
        try file.write(bytes)
    }
    try file.commit()
}
