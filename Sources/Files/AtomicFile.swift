import Glibc

/// A file that appears under its name only when it is whole: written beside it under a temporary name, then synced and renamed.
package final class AtomicFile {
    /// The final name.
    package let path: String
    /// The name while it is being written, in the same folder.
    package let temporaryPath: String
    private var descriptor: Int32
    private var isCommitted = false

    /// Creates the temporary file. `mode` is the final file's, before the process's mask.
    package init(path: String, mode: UInt32 = 0o644) throws(Problem) {
        self.path = path
        guard !Self.split(path).name.isEmpty else { throw .unwritable(path: path, reason: "it has no file name") }
        let temporary = Self.temporaryPath(beside: path)
        descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        temporaryPath = temporary
        guard descriptor >= 0 else {
            isCommitted = true
            throw .unwritable(path: path, .last)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if !isCommitted { unlink(temporaryPath) }
    }

    /// Appends bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
        var written = 0
        while written < bytes.count, let base = bytes.baseAddress {
            let count = Glibc.write(descriptor, base + written, bytes.count - written)
            if count < 0 {
                if errno == EINTR { continue }
                throw .unwritable(path: path, .last)
            }
            written += count
        }
    }

    /// Appends bytes.
    package func write(_ bytes: RawSpan) throws(Problem) {
        try bytes.withUnsafeBytes { buffer throws(Problem) in try write(buffer) }
    }

    /// Appends bytes.
    package func write(_ bytes: [UInt8]) throws(Problem) {
        try write(bytes.span.bytes)
    }

    /// Writes a whole file: under a temporary name, synced and renamed.
    package static func write(_ bytes: [UInt8], to path: String) throws(Problem) {
        let file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }

    /// Syncs the content to the disk, gives the file its final name (replacing an older one), and syncs the folder.
    package func commit() throws(Problem) {
        precondition(!isCommitted)
        guard fsync(descriptor) == 0 else { throw .unwritable(path: path, .last) }
        let closed = close(descriptor)
        descriptor = -1
        guard closed == 0, rename(temporaryPath, path) == 0 else { throw .unwritable(path: path, .last) }
        isCommitted = true
        try Self.syncFolder(of: path)
    }

    /// A hidden name in a file's folder for what is not whole yet: short, so that the file itself may have the longest name there is.
    package static func temporaryPath(beside path: String) -> String {
        split(path).folder + ".\(getpid()).\(UInt32.random(in: 0 ... .max)).part"
    }

    /// Syncs a finished file that another library wrote under a temporary name, and gives it its final name; removes it on failure.
    package static func publish(_ temporaryPath: String, as path: String) throws(Problem) {
        let descriptor = open(temporaryPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unwritable(path: path, .last) }
        let synced = fsync(descriptor) == 0
        close(descriptor)
        guard synced, rename(temporaryPath, path) == 0 else {
            let cause = SystemError.last
            unlink(temporaryPath)
            throw .unwritable(path: path, cause)
        }
        try syncFolder(of: path)
    }

    private static func syncFolder(of path: String) throws(Problem) {
        let folder = split(path).folder
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // Some network file systems can't sync a folder; the rename itself has succeeded.
        if fsync(descriptor) != 0, errno != EINVAL, errno != ENOTSUP { throw .unwritable(path: folder, .last) }
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("./", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }
}
