import ServiceHost
import Synchronization
import TrainedModels

/// The SHA-256 of checkpoints, computed once for each version of a file.
package final class CheckpointDigests: Sendable {
    private struct Key: Hashable {
        let path: String
        let facts: FileFacts?
    }
    private let known = Mutex<[Key: String]>([:])

    package init() {}

    /// 64 hexadecimal digits; empty when the file can't be read any more.
    func sha256(of path: String) -> String {
        let key = Key(path: path, facts: try? FileSystem.facts(of: RawPath(path)))
        if let digest = known.withLock({ $0[key] }) { return digest }
        guard let digest = try? Checkpoint.open(path: path).sha256 else { return "" }
        known.withLock { $0[key] = digest }
        return digest
    }
}
