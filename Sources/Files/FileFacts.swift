import Glibc

/// What `lstat(2)` says about a file; equal facts mean that nobody wrote to it.
package struct FileFacts: Sendable, Hashable, Codable {
    /// The kind of a directory entry.
    package enum Kind: String, Sendable, Codable {
        /// An ordinary file.
        case file
        /// A directory.
        case folder
        /// A symbolic link.
        case link
        /// A pipe, socket or device.
        case special
    }

    /// What it is.
    package let kind: Kind
    /// Bytes.
    package let size: Int
    /// Time of the last write, ns since 1970.
    package let modified: Int
    /// The file system.
    package let device: UInt64
    /// The file within its file system.
    package let inode: UInt64
    /// How many names it has.
    package let links: UInt64

    /// The facts of a `stat` structure.
    init(_ facts: stat) {
        kind =
            switch facts.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .special
            }
        size = Int(facts.st_size)
        modified = facts.st_mtim.nanoseconds
        device = UInt64(facts.st_dev)
        inode = UInt64(facts.st_ino)
        links = UInt64(facts.st_nlink)
    }

    /// Whether the other is the same file with the same content, as far as the file system tells.
    package func isUnchanged(_ other: FileFacts) -> Bool {
        device == other.device && inode == other.inode && size == other.size && modified == other.modified
    }
}
