import Foundation

/// Publishes a file whole or not at all.
enum DurableFile {
    /// Writes `bytes` under a temporary name beside `path`, flushes them to the disk and renames.
    static func write(_ bytes: [UInt8], to path: String) throws(ReportingError) {
        let temporary = path + ".partial-\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path) }
        do {
            try write(bytes, descriptor: descriptor, path: path)
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let error = failure(path)
            unlink(temporary)
            throw error
        }
        try flushFolder(of: path)
    }

    private static func write(_ bytes: [UInt8], descriptor: Int32, path: String) throws(ReportingError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = failure(path)
                close(descriptor)
                throw error
            }
            written += count
        }
        let flushed = fsync(descriptor) == 0
        let error = failure(path)
        guard close(descriptor) == 0, flushed else { throw error }
    }

    /// Makes the rename itself survive a power cut.
    private static func flushFolder(of path: String) throws(ReportingError) {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        let flushed = fsync(descriptor) == 0 || errno == EINVAL  // some network file systems have nothing to flush
        let error = failure(path)
        close(descriptor)
        if !flushed { throw error }
    }

    private static func failure(_ path: String) -> ReportingError {
        .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
}
