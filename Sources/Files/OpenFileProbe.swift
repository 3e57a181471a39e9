import CLinux
import Glibc

/// Asks the kernel whether a file is still open for writing.
package enum OpenFileProbe {
    /// What the kernel says.
    package enum Answer: Sendable, Equatable {
        /// Some process has it open for writing.
        case open
        /// None has.
        case closed
        /// It doesn't say: another owner's file, a file system without leases or with writers elsewhere, a file that went away.
        case unknown
        /// The file is there and this process can't read it, with `errno`.
        case unreadable(code: Int32)
    }

    private static let setLease = Int32(linux_f_setlease)

    /// A read lease is granted exactly when nobody writes; it is given back at once.
    ///
    /// On a file system that other machines write to too, a lease says nothing about them, and a refused one nothing about anybody.
    /// A writer that opens the file in between makes the kernel send SIGIO; `ignoreStraySignals()` keeps that harmless.
    package static func probe(_ path: RawPath) -> Answer {
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY) }
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT, ENOTDIR, ELOOP, ENXIO: return .unknown
            case EAGAIN: return .open  // a lease of its writer's own, such as Samba's, is being broken
            default: return .unreadable(code: errno)
            }
        }
        defer { close(descriptor) }
        guard FileSystemKind(of: descriptor) == .local else { return .unknown }
        if fcntl(descriptor, setLease, F_RDLCK) == 0 {
            _ = fcntl(descriptor, setLease, F_UNLCK)
            return .closed
        }
        return errno == EAGAIN ? .open : .unknown
    }

    /// Makes SIGIO (a broken lease) and SIGPIPE (a closed log) ordinary errors instead of the process's end.
    package static func ignoreStraySignals() {
        signal(SIGIO, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
    }
}
