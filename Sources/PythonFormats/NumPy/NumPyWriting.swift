import Compression
package import Files

/// Writes one float32 array as `.npz`, compressed, as `numpy.savez_compressed` would name it: nnU-Net's saved probabilities.
///
/// The values are compressed where they lie, without a copy. The file appears under its name only when it is whole and on the disk.
///
/// - `shape`: the length of each axis, slowest first; `values` holds their product, last axis fastest.
package func writeNPZ(
    path: String, key: String = "probabilities", shape: [Int], values: Span<Float>
) throws(Problem) {
    precondition(shape.reduce(1, *) == values.count)
    let header = NPYHeader.float32(shape: shape)
    // Probabilities hardly shrink further at higher levels, which take three times as long.
    try ZipWriter.write(path: path, entry: key + ".npy", head: header.span.bytes, body: values.bytes, level: 1)
}
