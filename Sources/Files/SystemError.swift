import Glibc

/// What the system said when a call failed: `errno`, kept as a value.
package struct SystemError: Sendable, Hashable, CustomStringConvertible {
    /// `errno`.
    package let code: Int32

    /// Of a known code.
    package init(_ code: Int32) { self.code = code }

    /// The last call's, to be taken before any other call is made.
    package static var last: SystemError { SystemError(errno) }

    /// The system's words: "No space left on device".
    package var description: String { String(cString: strerror(code)) }

    /// Whether the same call may succeed later without anybody changing the input: full, read-only, not mounted, no permission yet.
    package var mayPass: Bool {
        switch code {
        case ENOSPC, EDQUOT, EROFS, EACCES, EPERM, ESTALE, EIO, ENOTCONN, EHOSTDOWN, EHOSTUNREACH, ETIMEDOUT, EBUSY, EAGAIN, EMFILE, ENFILE,
            ENOMEM, ENOLCK, ENODEV, ENXIO, ENOENT:
            true
        default: false
        }
    }

    /// Whether a target was there already.
    package var isCollision: Bool { code == EEXIST || code == ENOTEMPTY }

    /// Whether nothing is there.
    package var isAbsence: Bool { code == ENOENT }

    /// Whether there is no such device, or no mount.
    package var isNoDevice: Bool { code == ENODEV }

    /// Whether source and target lie on two file systems.
    package var isAcrossFileSystems: Bool { code == EXDEV }
}
