import Glibc

/// Which folder a path leads to now, links followed; another one at the same path has another identity.
package struct FolderIdentity: Sendable, Equatable {
    /// The file system.
    package let device: UInt64
    /// The folder within it.
    package let inode: UInt64

    /// The identity of the folder at a path.
    package init(of path: RawPath) throws(Problem) {
        var facts = stat()
        guard path.withCString({ stat($0, &facts) }) == 0 else { throw Problem.refused("examined", path: path, code: errno) }
        guard facts.st_mode & S_IFMT == S_IFDIR else { throw Problem.refused("used as a folder", path: path, code: ENOTDIR) }
        device = UInt64(facts.st_dev)
        inode = UInt64(facts.st_ino)
    }
}
