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

/// A file with some bytes that goes with its owner.
package struct TemporaryFile {
    package let path: String
    private let folder: TemporaryFolder

    package init(_ content: [UInt8], name: String = "file") throws {
        folder = try TemporaryFolder()
        path = folder.file(name)
        try Data(content).write(to: URL(filePath: path))
    }
}
