import Archives

/// Copies a NIfTI file, compressed when it is not yet; header and voxels stay as they are. A damaged gzip file is refused, not copied.
///
/// The copy appears under its name only when it is whole.
func copyCompressed(_ source: String, to target: String) throws(CasePredictionError) {
    do throws(ArchiveError) {
        let reader = try GzipReader(path: source)
        let file = try AtomicFile(path: target)
        let writer = try GzipWriter(file: file, level: 4)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try reader.read(into: buffer)
            if count == 0 { break }
            try writer.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        try writer.finish()
        try file.commit()
    } catch {
        throw CasePredictionError(error)
    }
}
