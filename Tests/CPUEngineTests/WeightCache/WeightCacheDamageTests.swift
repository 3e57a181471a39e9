import Foundation
import TestSupport
import Testing

/// Whatever lies under an entry's name, the weights are the checkpoint's.
struct `A cache of packed weights that is not as it should be` {
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// In the notice.
        let message: String
        /// Changes the entry at a path; may use a folder.
        let make: @Sendable (_ entry: String, _ folder: TemporaryFolder) throws -> Void

        init(_ description: String, _ message: String, _ make: @escaping @Sendable (String, TemporaryFolder) throws -> Void) {
            (testDescription, self.message, self.make) = (description, message, make)
        }
    }

    static let damages: [Damage] = [
        Damage("truncated", " bytes, expected ") { entry, _ in truncate(entry, 5000) },
        Damage("longer", " bytes, expected ") { entry, _ in
            let file = try FileHandle(forWritingTo: URL(filePath: entry))
            try file.seekToEnd()
            try file.write(contentsOf: Data(count: 4))
        },
        Damage("empty", "it has 0 bytes") { entry, _ in truncate(entry, 0) },
        Damage("a flipped bit in the first value", "differ from their checksum") { entry, _ in try flip(entry, at: 4096) },
        Damage("a flipped bit in the last value", "differ from their checksum") { entry, _ in
            try flip(entry, at: Data(contentsOf: URL(filePath: entry)).count - 1)
        },
        Damage("a flipped bit in the magic number", "does not begin as prepared weights do") { entry, _ in try flip(entry, at: 3) },
        Damage("another version", "its format is version 9, expected 1") { entry, _ in try flip(entry, at: 8, bits: 8) },
        Damage("a flipped bit in the key", "its header is damaged") { entry, _ in try flip(entry, at: 20) },
        Damage("a flipped bit in the count", "its header is damaged") { entry, _ in try flip(entry, at: 48) },
        Damage("a flipped bit in the checksum", "its header is damaged") { entry, _ in try flip(entry, at: 60) },
        Damage("a flipped bit in the header's rest", "its header is damaged") { entry, _ in try flip(entry, at: 3000) },
        Damage("another model's entry", "it holds the weights of another model") { entry, folder in
            let other = try CacheTrial(checkpoint: "7.5")
            _ = try other.prepare()
            try FileManager.default.removeItem(atPath: entry)
            try FileManager.default.copyItem(atPath: other.entries[0], toPath: entry)
        },
        Damage("a symbolic link to itself as it was", "it is a symbolic link") { entry, folder in
            try FileManager.default.moveItem(atPath: entry, toPath: folder.file("moved"))
            try FileManager.default.createSymbolicLink(atPath: entry, withDestinationPath: folder.file("moved"))
        },
        Damage("writable for all", "others than its owner may write to it (mode 646)") { entry, _ in chmod(entry, 0o646) },
        Damage("writable for the group", "others than its owner may write to it (mode 660)") { entry, _ in chmod(entry, 0o660) },
        Damage("a pipe", "it is not a regular file") { entry, _ in
            unlink(entry)
            mkfifo(entry, 0o600)
        },
    ]

    private static func flip(_ path: String, at offset: Int, bits: UInt8 = 16) throws {
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[offset] ^= bits
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.write(contentsOf: bytes)
        try file.close()
    }

    @Test(arguments: damages) func `is made anew, and that is said`(damage: Damage) throws {
        let trial = try CacheTrial()
        let first = try trial.prepare()
        let entry = try #require(trial.entries.first)
        let folder = try TemporaryFolder()
        try damage.make(entry, folder)
        let second = try trial.prepare()
        #expect(!second.isFromCache && second.weightsRead == first.weightsRead)
        #expect(second.logits == first.logits)
        let notice = try #require(second.notice)
        #expect(notice.hasPrefix(entry + ": ") && notice.contains(damage.message) && notice.contains("made anew"), "\(notice)")
        let third = try trial.prepare()
        #expect(third.isFromCache && third.notice == nil && third.logits == first.logits)
        #expect(trial.entries == [entry])
    }

    @Test(.enabled(if: getuid() == 0, "needs root to give a file to another user")) func `another user's entry is made anew`() throws {
        let trial = try CacheTrial()
        _ = try trial.prepare()
        let entry = try #require(trial.entries.first)
        #expect(chown(entry, 12345, 12345) == 0)
        #expect(try trial.prepare().notice?.contains("it belongs to user 12345") == true)
        #expect(try trial.prepare().isFromCache)
    }

    @Test func `a folder that can't be made costs time only, and that is said`() throws {
        let trial = try CacheTrial()
        let good = try trial.prepare()
        try Data().write(to: URL(filePath: trial.folder.file("file")))
        let outcome = try trial.prepare(in: trial.folder.file("file/cache"))
        #expect(!outcome.isFromCache && outcome.logits == good.logits)
        let notice = try #require(outcome.notice)
        #expect(notice.contains("can't be kept") && notice.contains(trial.folder.file("file/cache")), "\(notice)")
    }

    @Test(.enabled(if: getuid() != 0, "root may write everywhere")) func `a folder that can't be written costs time only`() throws {
        let trial = try CacheTrial()
        let good = try trial.prepare()
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o500)
        defer { chmod(folder.path, 0o700) }
        let outcome = try trial.prepare(in: folder.path)
        #expect(outcome.logits == good.logits)
        #expect(outcome.notice?.contains("can't be written: Permission denied; check permissions and free space") == true)
    }

    @Test func `a limit below one entry keeps nothing, and that is said`() throws {
        let trial = try CacheTrial()
        let outcome = try trial.prepare(limit: 1000)
        #expect(outcome.notice?.contains("may hold 1000 bytes, and these weights have ") == true)
        #expect(outcome.logits == (try trial.prepare()).logits)
    }

    @Test func `a folder under the entry's name is left alone, and that is said`() throws {
        let trial = try CacheTrial()
        let first = try trial.prepare()
        let entry = try #require(trial.entries.first)
        try FileManager.default.removeItem(atPath: entry)
        try FileManager.default.createDirectory(atPath: entry, withIntermediateDirectories: false)
        let outcome = try trial.prepare()
        #expect(outcome.logits == first.logits)
        #expect(outcome.notice?.contains("it is not a regular file") == true && outcome.notice?.contains("can't be kept") == true)
        #expect(trial.entries == [entry])
    }
}
