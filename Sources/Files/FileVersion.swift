import Glibc

/// A file or folder itself, whatever its paths: links, mounts and spellings that lead to one thing are equal.
package struct FileIdentity: Sendable, Hashable {
    /// The file system.
    package let device: UInt64
    /// The file within it.
    package let inode: UInt64

    init(_ facts: stat) {
        device = UInt64(facts.st_dev)
        inode = UInt64(facts.st_ino)
    }

    /// What a path leads to, links followed; nil where nothing is there or it can't be asked.
    package init?(_ path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        self.init(facts)
    }

    /// The folder that a path leads to now, links followed; another one at the same path has another identity.
    package init(ofFolder path: RawPath) throws(Problem) {
        var facts = stat()
        guard path.withCString({ stat($0, &facts) }) == 0 else { throw Problem.refused("examined", path: path, code: errno) }
        guard facts.st_mode & S_IFMT == S_IFDIR else { throw Problem.refused("used as a folder", path: path, code: ENOTDIR) }
        self.init(facts)
    }
}

/// What `stat(2)` says of a file's content: equal versions mean that nobody wrote to it.
package struct FileVersion: Sendable, Hashable {
    package let identity: FileIdentity
    /// Bytes.
    package let size: Int
    /// Time of the last write, ns since 1970; whoever may write can set it back.
    package let modified: Int
    /// Time of the last change of content or attributes, ns since 1970; nobody can set it back, and a rename sets it. Nil where that is
    /// not to count.
    package let changed: Int?

    /// The version that a path leads to, links followed; nil where nothing is there or it can't be asked.
    ///
    /// - Parameter countsAttributes: whether a new name, owner or permission makes another version.
    package init?(_ path: String, countsAttributes: Bool) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        identity = FileIdentity(facts)
        size = Int(facts.st_size)
        modified = facts.st_mtim.nanoseconds
        changed = countsAttributes ? facts.st_ctim.nanoseconds : nil
    }
}

extension timespec {
    /// Since 1970.
    var nanoseconds: Int { Int(tv_sec) * 1_000_000_000 + Int(tv_nsec) }
}
