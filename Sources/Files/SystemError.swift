import Glibc

/// What the system said when a call failed: `errno`, kept as a value.
public struct SystemError: Sendable, Hashable, CustomStringConvertible {
    /// `errno`.
    public let code: Int32

    /// Of a known code.
    public init(_ code: Int32) { self.code = code }

    /// The last call's, to be taken before any other call is made.
    package static var last: SystemError { SystemError(errno) }

    /// The system's words: "No space left on device".
    public var description: String { String(cString: strerror(code)) }

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

    /// Whether nothing is there.
    public var isAbsence: Bool { code == ENOENT }

    /// Whether there is no such device, or no mount.
    public var isNoDevice: Bool { code == ENODEV }

    /// Whether source and target lie on two file systems.
    public var isAcrossFileSystems: Bool { code == EXDEV }
}
