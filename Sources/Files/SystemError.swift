import Glibc

/// What the system said when a call failed: `errno`, kept as a value.
package struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `errno`.
    package let code: Int32

    /// Of a known code.
    package init(_ code: Int32) { self.code = code }

    /// The last call's, to be taken before any other call is made.
    package static var last: SystemError { SystemError(errno) }

    /// No folder where one is needed.
    package static let notAFolder = SystemError(ENOTDIR)
    /// Nothing where something is needed.
    package static let absent = SystemError(ENOENT)
    /// Something where nothing may be.
    package static let taken = SystemError(EEXIST)
    /// No such device, or no mount.
    package static let noDevice = SystemError(ENODEV)
    /// A file of a kind that the call is not for.
    package static let unsuitable = SystemError(EINVAL)
    /// A file larger than may be.
    package static let tooLarge = SystemError(EFBIG)

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

    /// Whether it says nothing of a path but that it can't be asked now: a share that is down, a disk that fails. The others are answers,
    /// and stay until somebody mends what they name.
    package var isNoAnswer: Bool {
        ![
            ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, ENAMETOOLONG, EINVAL, EROFS, ENOSPC, EDQUOT,
        ].contains(code)
    }

    /// Whether a target was there already.
    package var isCollision: Bool { code == EEXIST || code == ENOTEMPTY }

    /// Whether nothing is there.
    package var isAbsence: Bool { code == ENOENT }

    /// Whether nothing is there, nor can be below what is.
    package var isNothingThere: Bool { code == ENOENT || code == ENOTDIR }

    /// Whether a symbolic link is there, or too many.
    package var isLink: Bool { code == ELOOP }

    /// Whether this process may not.
    package var isDenial: Bool { code == EACCES || code == EPERM }

    /// Whether the disk or a quota is full.
    package var isFull: Bool { code == ENOSPC || code == EDQUOT }

    /// Whether it can only be read.
    package var isReadOnly: Bool { code == EROFS }

    /// Whether there is no such device, or no mount.
    package var isNoDevice: Bool { code == ENODEV }

    /// Whether source and target lie on two file systems.
    package var isAcrossFileSystems: Bool { code == EXDEV }

    /// Whether a signal came in between.
    package var isInterruption: Bool { code == EINTR }

    /// Whether the file system can't do what was asked, as shares and old kernels can't.
    package var isUnsupported: Bool { [EINVAL, ENOTSUP, ENOSYS].contains(code) }
}
