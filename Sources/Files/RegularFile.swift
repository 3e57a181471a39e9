import SystemPackage

/// A regular file open for reading; anything else is refused before a byte is read, and opening never blocks on a pipe.
///
/// It stays open: what was checked is what is read.
package final class RegularFile {
    package let path: String
    /// Its size when it was opened, bytes.
    package let size: Int
    /// For what this class has no words for.
    package let file: OpenFile

    /// Opens a file; what the path leads to must be a regular file.
    ///
    /// - `followsLinks`: whether a symbolic link is followed; a name in an inbox must not lead out of it.
    package init(path: String, followsLinks: Bool = true) throws(Problem) {
        let status: FileStatus
        do throws(SystemError) {
            file = try OpenFile(FilePath(path), followsLinks ? .reading : [.reading, .noFollow])
            status = try file.status()
        } catch {
            guard !followsLinks, error.isLink else { throw .unreadable(path: path, error) }
            throw .unreadable(path: path, reason: "it is a symbolic link, which is not followed", cause: error)
        }
        guard status.facts.kind == .file else { throw .notRegularFile(path: path) }
        self.path = path
        size = status.facts.size
    }

    /// Reads until the buffer is full or the file ends; gives the number of bytes read.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
        do { return try file.read(into: buffer) } catch { throw .unreadable(path: path, error) }
    }

    /// Reads from a place until the buffer is full or the file ends; gives the number of bytes read.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Problem) -> Int {
        do { return try file.read(into: buffer, at: offset) } catch { throw .unreadable(path: path, error) }
    }

    /// Reads until the bytes are full or the file ends; gives the number of bytes read.
    package func read(into bytes: inout MutableRawSpan) throws(Problem) -> Int {
        try bytes.withUnsafeMutableBytes { buffer throws(Problem) in try read(into: buffer) }
    }
}
