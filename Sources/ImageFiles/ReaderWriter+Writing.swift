package import Files
package import Imaging
package import NIfTI
import Tensors

/// Writes a label map as the writer class does (nnU-Net `write_seg`), in the format that the name's ending says: uint8 when every label
/// is below 255, else uint16; on the original file's grid, whose axes are turned back where the reader turned them.
///
/// The file appears under its name only when it is whole and on the disk; a side-car appears before it.
///
/// - Parameters:
///   - labels: in reader order, of the source's size.
///   - path: the file.
///   - source: of the image's first channel, or of another label map.
///   - writer: whose rules count.
/// - Throws: `.unwritable` where the format can't hold them, or the disk doesn't.
package func writeLabels(
    _ labels: borrowing LabelMap, to path: String, source: ImageSource, as writer: ReaderWriter
) throws(Problem) {
    if let nifti = writer.nifti, isNIfTI(path) { return try NIfTI.writeLabels(labels, to: path, source: source, as: nifti) }
    guard source.dimensionCount < 4, labels.geometry.size == source.geometry.size else {
        throw .unwritable(
            path: path,
            reason: source.dimensionCount < 4
                ? "the labels have \(text(labels.geometry.size)) voxels, the image has \(text(source.geometry.size))"
                : "labels of a four-dimensional image have no grid to go to; give one three-dimensional file per channel")
    }
    let stored = StoredLabels(labels, source: source, alwaysBytes: writer == .simpleITKReorient)
    switch writer {
    case .naturalImage2D: try NaturalImage.write(stored, to: path)
    case .tiff3D: try TIFFVolume.write(stored, spacing: source.geometry.arraySpacing, to: path)
    default:
        guard let format = ITKFormat(path: path) else { throw .unwritable(path: path, reason: "its ending is none of ITK's") }
        try ITKFile.write(stored, on: source.order.inverse.apply(to: source.geometry), as: format, to: path)
    }
}

/// Checks a published label map against the image that it was made of, both seen by one reader class: every voxel reads as a label, and it
/// lies where the image lies.
///
/// - `source`: the grid of the image's first channel (`readGrid`).
package func verifyLabels(at path: String, onGridOf source: ImageSource, as reader: ReaderWriter) throws(Problem) {
    if let nifti = reader.nifti, isNIfTI(path) { return try NIfTI.verifyLabels(at: path, onGridOf: source, as: nifti) }
    if let difference = try readLabels(path: path, as: reader).source.difference(from: source) {
        throw .verificationFailed(path: path, reason: difference)
    }
}

/// Reads a label map back and compares it with what was to be written: the place in the patient, and every voxel.
package func verifyLabels(
    at path: String, equal labels: borrowing LabelMap, source: ImageSource, as reader: ReaderWriter
) throws(Problem) {
    if let nifti = reader.nifti, isNIfTI(path) {
        return try NIfTI.verifyLabels(at: path, equal: labels, source: source, as: nifti)
    }
    let found = try readLabels(path: path, as: reader)
    if let difference = found.source.difference(from: source) { throw .verificationFailed(path: path, reason: difference) }
    guard found.labels.geometry.size == labels.geometry.size else {
        throw .verificationFailed(path: path, reason: "\(text(found.labels.geometry.size)) voxels instead of \(text(labels.geometry.size))")
    }
    let (written, wanted) = (found.labels.voxels.span, labels.voxels.span)
    // A class that always writes bytes keeps the low one of a larger label.
    let mask: UInt16 = reader == .simpleITKReorient ? 0xFF : 0xFFFF
    var differing = 0
    for i in wanted.indices where written[i] != wanted[i] & mask { differing += 1 }
    guard differing == 0 else { throw .verificationFailed(path: path, reason: "\(differing) of \(wanted.count) voxels differ") }
}

private func text(_ size: SIMD3<Int>) -> String { sizeText((0..<3).map { size[$0] }) }
