import Glibc

/// A regular file open for reading; anything else is refused before a byte is read, and opening never blocks on a pipe.
package final class RegularFile {
    package let path: String
    /// Its size when it was opened, bytes.
    package let size: Int
    private let descriptor: Int32

    /// Opens a file. A symbolic link is followed; what it leads to must be a regular file.
    package init(path: String) throws(Problem) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, .last) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let cause = SystemError.last
            close(descriptor)
            throw .unreadable(path: path, cause)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .notRegularFile(path: path)
        }
        self.path = path
        self.size = Int(status.st_size)
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Reads until the buffer is full or the file ends; gives the number of bytes read.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
        var filled = 0
        while filled < buffer.count, let base = buffer.baseAddress {
            let count = Glibc.read(descriptor, base + filled, buffer.count - filled)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw .unreadable(path: path, .last)
            }
            filled += count
        }
        return filled
    }

    /// Reads until the bytes are full or the file ends; gives the number of bytes read.
    package func read(into bytes: inout MutableRawSpan) throws(Problem) -> Int {
        try bytes.withUnsafeMutableBytes { buffer throws(Problem) in try read(into: buffer) }
    }
}
