package import Files
import Networks
import Synchronization

/// What was found out about checkpoint files, once for each version of a file: its SHA-256, and for which network its weights are sound.
package final class KnownCheckpoints: Sendable {
    private struct Findings {
        var digest: String?
        var soundFor: NetworkGraph?
    }
    private let known = Mutex<[FileVersion: Findings]>([:])

    /// Knows no file yet.
    package init() {}

    /// 64 hexadecimal digits.
    /// - Throws: `Problem` for a file that can't be read.
    package func sha256(of path: String) throws(Problem) -> String {
        let version = Self.version(of: path)
        if let version, let digest = known.withLock({ $0[version]?.digest }) { return digest }
        let digest = try MappedFile(path: path).sha256
        if let version, version == Self.version(of: path) { known.withLock { $0[version, default: Findings()].digest = digest } }
        return digest
    }

    /// Runs a check of every weight of a file for a network, unless this version of the file has passed it.
    func check(_ path: String, for network: NetworkGraph, _ body: () throws(Problem) -> Void) throws(Problem) {
        let version = Self.version(of: path)
        if let version, known.withLock({ $0[version]?.soundFor }) == network { return }
        try body()
        if let version, version == Self.version(of: path) { known.withLock { $0[version, default: Findings()].soundFor = network } }
    }

    /// Any write sets the time of change, and nobody can set it back.
    private static func version(of path: String) -> FileVersion? { FileVersion(path, countsAttributes: true) }
}
