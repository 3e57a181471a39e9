import Compression
package import Files
import Tensors

/// Copies a NIfTI file, compressed when it is not yet; header and voxels stay as they are. A damaged gzip file is refused, not copied.
///
/// The copy appears under its name only when it is whole.
///
/// - `sizes`: the bytes that the content may have; one that ends before is refused as one that goes on, however small its file is.
/// - `isCancelled`: asked for every MiB; true ends with `.cancelled`.
package func copyCompressed(
    _ source: String, to target: String, sizes: ClosedRange<Int>, isCancelled: () -> Bool
) throws(Problem) {
    let reader = try GzipReader(path: source)
    let file = try AtomicFile(path: target)
    let writer = try GzipWriter(file: file, level: 4)
    var buffer = Buffer<UInt8>(uninitializedCount: 1 << 20)
    while !isCancelled() {
        var free = buffer.mutableSpan
        var bytes = free.mutableBytes
        let count = try reader.read(into: &bytes)
        guard count > 0 else {
            guard reader.contentRead >= sizes.lowerBound else { throw .truncated(path: source) }
            try writer.finish()
            return try file.commit()
        }
        guard reader.contentRead <= sizes.upperBound else { throw .tooLarge(path: source, limit: sizes.upperBound) }
        try writer.write(buffer.span.part(0, count: count).bytes)
    }
    throw .cancelled
}
