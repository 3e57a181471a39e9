package import Files
import Synchronization

/// The SHA-256 of checkpoint files, computed once for each version of a file.
package final class CheckpointDigests: Sendable {
    private let known = Mutex<[FileVersion: String]>([:])

    /// Knows no file yet.
    package init() {}

    /// 64 hexadecimal digits.
    /// - Throws: `Problem` for a file that can't be read.
    package func sha256(of path: String) throws(Problem) -> String {
        let version = FileVersion(path, countsChanges: true)
        if let digest = known.withLock({ $0[version] }) { return digest }
        let digest = try MappedFile(path: path).sha256
        if version.isThere, version == FileVersion(path, countsChanges: true) { known.withLock { $0[version] = digest } }
        return digest
    }
}
