import Glibc
package import SystemPackage

/// What `stat(2)` says of a file or folder.
package struct FileStatus: Sendable, Hashable {
    /// Kind, size, time of the last write, identity.
    package let facts: FileFacts
    /// Time of the last change of content or attributes, ns since 1970.
    package let changed: Int
    /// The last twelve bits of its mode.
    package let permissions: UInt32
    /// The number of its owner.
    package let owner: UInt32
    /// The number of its group.
    package let group: UInt32

    init(_ status: stat) {
        facts = FileFacts(status)
        changed = status.st_ctim.nanoseconds
        permissions = status.st_mode & 0o7777
        owner = status.st_uid
        group = status.st_gid
    }

    /// Which file it is.
    package var identity: FileIdentity { FileIdentity(device: facts.device, inode: facts.inode) }
}

extension FileSystem {
    /// What lies at a path; throws `SystemError.isNothingThere` where nothing does.
    package static func status(of path: FilePath, followingLinks: Bool = true) throws(SystemError) -> FileStatus {
        var facts = stat()
        _ = try SystemError.repeating { path.withPlatformString { followingLinks ? stat($0, &facts) : lstat($0, &facts) } }
        return FileStatus(facts)
    }

    /// What this process must be allowed.
    package struct Rights: OptionSet, Sendable {
        package let rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }
        /// To read it, or list it.
        package static let read = Rights(rawValue: R_OK)
        /// To write to it, or make files in it.
        package static let write = Rights(rawValue: W_OK)
        /// To enter it.
        package static let enter = Rights(rawValue: X_OK)
    }

    /// What keeps this process from a path; nil where nothing does.
    package static func obstacle(to path: FilePath, _ rights: Rights) -> SystemError? {
        path.withPlatformString { access($0, rights.rawValue) } == 0 ? nil : .last
    }

    /// The path without links and dots.
    package static func resolved(_ path: FilePath) throws(SystemError) -> FilePath {
        guard let buffer = path.withPlatformString({ realpath($0, nil) }) else { throw .last }
        defer { free(buffer) }
        return FilePath(platformString: buffer)
    }

    /// What a symbolic link says.
    package static func target(ofLink path: FilePath) throws(SystemError) -> FilePath {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        _ = try SystemError.repeating { path.withPlatformString { readlink($0, &buffer, Int(PATH_MAX)) } }
        return FilePath(platformString: buffer)
    }
}

extension timespec {
    /// Since 1970.
    var nanoseconds: Int { Int(tv_sec) * 1_000_000_000 + Int(tv_nsec) }
}
