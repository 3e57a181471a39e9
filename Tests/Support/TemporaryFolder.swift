import Foundation

/// A new empty folder that goes with its owner.
package final class TemporaryFolder: Sendable {
    /// Its absolute path.
    package let path: String

    /// Makes the folder below the system's temporary folder.
    package init() throws {
        let url = FileManager.default.temporaryDirectory.appending(
            path: "nnunetd-test-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.resolvingSymlinksInPath().path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A path inside.
    package func file(_ name: String) -> String { path + "/" + name }
}
