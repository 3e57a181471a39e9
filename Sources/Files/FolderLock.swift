import Glibc

/// A folder that only one process may use at a time; released when its owner goes or dies.
package final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock; nil when another process holds it.
    ///
    /// - `path`: the lock file, made when it isn't there.
    package init?(path: RawPath) throws(Problem) {
        descriptor = path.withCString { open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
        guard descriptor >= 0 else { throw Problem.refused("opened", path: path, code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            if code == EWOULDBLOCK { return nil }
            throw Problem.refused("locked", path: path, code: code)
        }
    }

    deinit { close(descriptor) }
}
