import CLinux
import Glibc
package import SystemPackage

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
        /// The file is there and this process can't read it.
        case unreadable(SystemError)
    }

    private static let setLease = Int32(linux_f_setlease)

    /// A read lease is granted exactly when nobody writes; it is given back at once.
    ///
    /// On a file system that other machines write to too, a lease says nothing about them, and a refused one nothing about anybody.
    /// A writer that opens the file in between makes the kernel send SIGIO; `ignoreStraySignals()` keeps that harmless.
    package static func probe(_ path: FilePath) -> Answer {
        let file: OpenFile
        do {
            file = try OpenFile(path, [.reading, .noFollow])
        } catch {
            switch error.code {
            case ENOENT, ENOTDIR, ELOOP, ENXIO: return .unknown
            case EAGAIN: return .open  // a lease of its writer's own, such as Samba's, is being broken
            default: return .unreadable(error)
            }
        }
        guard FileSystemKind(of: file) == .local else { return .unknown }
        do {
            _ = try SystemError.repeating { fcntl(file.descriptor, setLease, F_RDLCK) }
            _ = fcntl(file.descriptor, setLease, F_UNLCK)
            return .closed
        } catch {
            return error.code == EAGAIN ? .open : .unknown
        }
    }

    /// Makes SIGIO (a broken lease) and SIGPIPE (a closed log) ordinary errors instead of the process's end.
    package static func ignoreStraySignals() {
        signal(SIGIO, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
    }
}
