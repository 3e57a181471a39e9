package import Files
import Glibc
import Synchronization

/// The SHA-256 of checkpoint files, computed once for each version of a file.
package final class CheckpointDigests: Sendable {
    /// What `stat(2)` says of a version. Any write sets the time of change, and users can't set it back.
    private struct Version: Hashable {
        let path: String
        let device: UInt
        let inode: UInt
        let size: Int
        let modified: [Int]
        let changed: [Int]

        init?(_ path: String) {
            var facts = stat()
            guard stat(path, &facts) == 0 else { return nil }
            self.path = path
            device = UInt(facts.st_dev)
            inode = UInt(facts.st_ino)
            size = Int(facts.st_size)
            modified = [facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec]
            changed = [facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec]
        }
    }
    private let known = Mutex<[Version: String]>([:])

    /// Knows no file yet.
    package init() {}

    /// 64 hexadecimal digits.
    /// - Throws: `Problem` for a file that can't be read.
    package func sha256(of path: String) throws(Problem) -> String {
        let version = Version(path)
        if let version, let digest = known.withLock({ $0[version] }) { return digest }
        let digest = try MappedFile(path: path).sha256
        if let version, version == Version(path) { known.withLock { $0[version] = digest } }
        return digest
    }
}
