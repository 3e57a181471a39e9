import Archives

/// Copies a NIfTI file, compressed when it is not yet; header and voxels stay as they are. A damaged gzip file is refused, not copied.
///
/// The copy appears under its name only when it is whole.
///
/// - limit: the most bytes that the content may have; one that goes on is refused, however small its file is.
/// - isCancelled: asked for every MiB; true ends with `.cancelled`.
func copyCompressed(
    _ source: String, to target: String, limit: Int, isCancelled: () -> Bool
) throws(CasePredictionError) {
    do throws(ArchiveError) {
        let reader = try GzipReader(path: source)
        let file = try AtomicFile(path: target)
        let writer = try GzipWriter(file: file, level: 4)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while !isCancelled() {
            let count = try reader.read(into: buffer)
            guard count > 0 else {
                try writer.finish()
                return try file.commit()
            }
            guard reader.contentRead <= limit else { throw .tooLarge(path: source, limit: limit) }
            try writer.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    } catch {
        throw CasePredictionError(error)
    }
    throw .cancelled
}
