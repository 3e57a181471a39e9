import Files
import Foundation
import Glibc
import SystemPackage

/// What the file system of temporary folders can do; a test that rests on it is skipped, visibly, where it can't.
package enum TemporaryFileSystem {
    /// Whether it keeps account of parts that were never written.
    package static let keepsHoles = trial { path in
        guard truncate(path, 1 << 20) == 0 else { return false }
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_blocks < 2048
    }

    /// Whether its kernel says who has a file open for writing.
    package static let hasLeases = trial { path in
        let file = open(path, O_WRONLY | O_CLOEXEC)
        defer { close(file) }
        return OpenFileProbe.probe(FilePath(path)) == .open
    }

    private static func trial(_ body: (String) -> Bool) -> Bool {
        guard let folder = try? TemporaryFolder(), (try? Data([1]).write(to: URL(filePath: folder.file("a")))) != nil else { return false }
        return body(folder.file("a"))
    }
}
