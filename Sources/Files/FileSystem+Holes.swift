import CLinux
import Glibc

extension FileSystem {
    /// Whether a part of a file was never written: its size was set beforehand, or its end was moved. Compressing file systems may show a
    /// long run of zeros as such a part.
    package static func hasHoles(_ path: RawPath) throws(Problem) -> Bool {
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
        guard descriptor >= 0 else { throw Problem.refused("read", path: path, code: errno) }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw Problem.refused("examined", path: path, code: errno) }
        guard facts.st_size > 0 else { return false }
        let hole = lseek(descriptor, 0, Int32(linux_seek_hole))
        if hole < 0, errno == EINVAL || errno == ENOTSUP { return false }  // the file system keeps no account of them
        guard hole >= 0 else { throw Problem.refused("examined", path: path, code: errno) }
        return hole < facts.st_size
    }
}
