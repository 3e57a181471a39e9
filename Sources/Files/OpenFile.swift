import Glibc
package import SystemPackage

/// An open file, closed with its owner. Its calls are repeated where a signal interrupts them, and throw what the system says; who knows
/// what the file is for makes a `Problem` of it.
package final class OpenFile: Sendable {
    /// The file's number in this process, for calls that take one; it is not to be closed.
    package let descriptor: Int32

    /// How a file is opened. Numbers are never inherited by other programs, and opening never waits on a pipe.
    package struct Options: OptionSet, Sendable {
        package let rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }
        /// To be read, as it is without these two.
        package static let reading: Options = []
        /// To be written.
        package static let writing = Options(rawValue: O_WRONLY)
        /// To be read and written.
        package static let readingAndWriting = Options(rawValue: O_RDWR)
        /// Made where it isn't there.
        package static let create = Options(rawValue: O_CREAT)
        /// Made, and an error where it is there.
        package static let createNew = Options(rawValue: O_CREAT | O_EXCL)
        /// Emptied.
        package static let truncate = Options(rawValue: O_TRUNC)
        /// Every write goes to the end.
        package static let append = Options(rawValue: O_APPEND)
        /// A symbolic link is an error (`SystemError.isLink`).
        package static let noFollow = Options(rawValue: O_NOFOLLOW)
        /// A folder.
        package static let folder = Options(rawValue: O_DIRECTORY)
        /// A file without a name in the folder that is given, gone when it is closed.
        package static let nameless = Options(rawValue: linuxTemporaryFile | O_DIRECTORY)

        /// `O_TMPFILE`, which Swift does not import.
        private static let linuxTemporaryFile: Int32 = 0o20_000_000
    }

    /// Opens a file.
    ///
    /// - `mode`: of a new file, before the process's mask.
    package init(_ path: FilePath, _ options: Options, mode: UInt32 = 0o666) throws(SystemError) {
        let flags = options.rawValue | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        descriptor = try SystemError.repeating { path.withPlatformString { open($0, flags, mode) } }
    }

    /// The same file by a number of its own.
    package init(duplicating descriptor: Int32) throws(SystemError) {
        self.descriptor = try SystemError.repeating { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
    }

    deinit { close(descriptor) }

    /// What `fstat(2)` says.
    package func status() throws(SystemError) -> FileStatus {
        var facts = stat()
        _ = try SystemError.repeating { fstat(descriptor, &facts) }
        return FileStatus(facts)
    }

    /// Sets the permissions.
    package func setPermissions(_ mode: UInt32) throws(SystemError) {
        _ = try SystemError.repeating { fchmod(descriptor, mode) }
    }

    /// Flushes the content to the disk.
    package func synchronize() throws(SystemError) {
        _ = try SystemError.repeating { fsync(descriptor) }
    }

    /// Locks the file against others who lock it, until it is closed; false where another has it and there is no waiting.
    package func lock(waits: Bool) throws(SystemError) -> Bool {
        do {
            _ = try SystemError.repeating { flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) }
            return true
        } catch {
            if error.code == EWOULDBLOCK { return false }
            throw error
        }
    }

    /// Gives the lock back while the file stays open, here or by another number.
    package func unlock() { flock(descriptor, LOCK_UN) }

    /// Empties the file and gives it a size, all zeros, with the disk's room taken: a full disk is an error here and no signal later.
    package func allocate(_ size: Int) throws(SystemError) {
        var limit = rlimit()
        // Beyond this limit the kernel sends a signal that ends the process.
        guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_FSIZE.rawValue)), &limit) == 0, limit.rlim_cur >= size else { throw .tooLarge }
        try setSize(0)
        let code = posix_fallocate(descriptor, 0, size)
        guard code == 0 else { throw SystemError(code) }
    }

    /// Cuts the file off at a size, or fills it up with zeros that take no room.
    package func setSize(_ size: Int) throws(SystemError) {
        _ = try SystemError.repeating { ftruncate(descriptor, size) }
    }

    /// Says that the file was used now, where this process may.
    package func touch() { futimens(descriptor, nil) }

    /// Whether a path names this very file, links not followed.
    package func hasName(_ path: FilePath) -> Bool {
        guard let named = try? FileSystem.status(of: path, followingLinks: false), let opened = try? status() else { return false }
        return named.identity == opened.identity
    }

    /// Maps the file's start into memory, which its taker gives back with `munmap`.
    ///
    /// - `isPrivate`: whether what others write to the file may stay unseen.
    package func map(_ count: Int, isWritable: Bool = false, isPrivate: Bool = false) throws(SystemError) -> UnsafeMutableRawBufferPointer {
        let protection = isWritable ? PROT_READ | PROT_WRITE : PROT_READ
        guard let address = mmap(nil, count, protection, isPrivate ? MAP_PRIVATE : MAP_SHARED, descriptor, 0), address != MAP_FAILED else {
            throw .last
        }
        return UnsafeMutableRawBufferPointer(start: address, count: count)
    }
}
