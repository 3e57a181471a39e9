import Glibc

/// A call to the file system that failed.
public struct FileSystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was tried, in words that follow "can't be": "renamed", "written".
    public let action: String
    /// On which file or folder.
    public let path: RawPath
    /// `errno`.
    public let code: Int32

    /// Joins the facts of a failure.
    public init(action: String, path: RawPath, code: Int32) {
        self.action = action
        self.path = path
        self.code = code
    }

    /// One sentence for an operator.
    public var description: String { "\(path): can't be \(action): \(systemMessage(code))." }

    /// The system's words for the code.
    public var reason: String { systemMessage(code) }

    /// Whether the same call may succeed later without anybody changing the input: full, read-only, not mounted, no permission yet.
    public var mayPass: Bool {
        switch code {
        case ENOSPC, EDQUOT, EROFS, EACCES, EPERM, ESTALE, EIO, ENOTCONN, EHOSTDOWN, EHOSTUNREACH, ETIMEDOUT, EBUSY, EAGAIN, EMFILE, ENFILE,
            ENOMEM, ENOLCK, ENODEV, ENXIO, ENOENT:
            true
        default: false
        }
    }

    /// Whether a target was there already.
    public var isCollision: Bool { code == EEXIST || code == ENOTEMPTY }
}
