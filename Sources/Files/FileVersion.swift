package import SystemPackage

/// A file or folder itself, whatever its paths: links, mounts and spellings that lead to one thing are equal.
package struct FileIdentity: Sendable, Hashable {
    /// The file system.
    package let device: UInt64
    /// The file within it.
    package let inode: UInt64

    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    /// What a path leads to, links followed; nil where nothing is there or it can't be asked.
    package init?(_ path: String) {
        guard let status = try? FileSystem.status(of: FilePath(path)) else { return nil }
        self = status.identity
    }

    /// The folder that a path leads to now, links followed; another one at the same path has another identity.
    package init(ofFolder path: FilePath) throws(Problem) {
        let status: FileStatus
        do {
            status = try FileSystem.status(of: path)
        } catch {
            throw .refused("examined", path: path, error)
        }
        guard status.facts.kind == .folder else { throw .refused("used as a folder", path: path, .notAFolder) }
        self = status.identity
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
    /// - `countsAttributes`: whether a new name, owner or permission makes another version.
    package init?(_ path: String, countsAttributes: Bool) {
        guard let status = try? FileSystem.status(of: FilePath(path)) else { return nil }
        self.init(status, countsAttributes: countsAttributes)
    }

    /// The version that `stat(2)` or `lstat(2)` has told of.
    package init(_ status: FileStatus, countsAttributes: Bool) {
        identity = status.identity
        size = status.facts.size
        modified = status.facts.modified
        changed = countsAttributes ? status.changed : nil
    }
}
