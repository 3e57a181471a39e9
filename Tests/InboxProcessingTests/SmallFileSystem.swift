import Foundation

/// A tmpfs of a few pages over a folder, for disks that are full or read-only; gone with its owner.
final class SmallFileSystem {
    /// Whether this process may mount one.
    static let isAvailable: Bool = {
        let folder = NSTemporaryDirectory() + "nnunetd-mount-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard (try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)) != nil else { return false }
        return SmallFileSystem(over: folder) != nil
    }()

    private let folder: String
    private var filler: String { folder + "/.filler" }

    init?(over folder: String) {
        self.folder = folder
        guard Self.succeeds("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]) else { return nil }
    }

    deinit {
        _ = Self.succeeds("umount", [folder])
    }

    /// Writes until there is no room.
    func fill() throws {
        guard FileManager.default.createFile(atPath: filler, contents: nil), let file = FileHandle(forWritingAtPath: filler) else { return }
        defer { try? file.close() }
        while (try? file.write(contentsOf: Data(repeating: 0, count: 4096))) != nil {}
    }

    /// Makes room again.
    func clear() throws { try FileManager.default.removeItem(atPath: filler) }

    /// Forbids or allows writing.
    func allowWriting(_ isAllowed: Bool) -> Bool { Self.succeeds("mount", ["-o", isAllowed ? "remount,rw" : "remount,ro", folder]) }

    private static func succeeds(_ program: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
