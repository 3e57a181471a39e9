import Compression
import Files
import Foundation
import TestSupport
import Testing

/// Zip archives: bounded in every size, and nothing leads out of the folder.
struct ZipTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("a.zip")
    }

    private func write(_ entries: [(String, [UInt8])], level: Int = 6) throws {
        let archive = try ZipWriter(path: path)
        for (name, bytes) in entries { try archive.addBytes(bytes, named: name, level: level) }
        try archive.finish()
    }

    @Test(arguments: [0, 1, 9])
    func `what is written is read back`(_ level: Int) throws {
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        try write([("a/b.txt", content), ("empty", [])], level: level)
        let archive = try ZipReader(path: path)
        #expect(archive.entries.map(\.name) == ["a/b.txt", "empty"])
        #expect(try archive.read(archive.entries[0], limit: content.count) == content)
        #expect(try archive.read(archive.entries[1], limit: 0) == [])
        #expect((archive.entries[0].compressedSize == content.count) == (level == 0))
        try archive.extract(archive.entries[0], to: folder.file("out"), limit: content.count)
        #expect(try Data(contentsOf: URL(filePath: folder.file("out"))) == Data(content))
    }

    @Test func `files are added from the disk`() throws {
        try Data("content".utf8).write(to: URL(filePath: folder.file("file")))
        let archive = try ZipWriter(path: path)
        try archive.addFile(named: "x/file", contentOf: folder.file("file"))
        #expect(throws: Problem.self) { try archive.addFile(named: "y", contentOf: folder.file("missing")) }
        #expect(throws: Problem.self) { try archive.addBytes([1], named: "x/file") }
        try archive.finish()
        let reader = try ZipReader(path: path)
        #expect(try reader.read(try #require(reader.entry(named: "x/file")), limit: 100) == Array("content".utf8))
    }

    @Test func `an archive and a file that are given up are not there`() throws {
        let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 9) }
        try write([("a", content)])
        var written: [Int] = []
        let error = #expect(throws: Problem.self) {
            let reader = try ZipReader(path: path)
            try reader.extract(reader.entries[0], to: folder.file("out"), limit: content.count) {
                written.append($0)
                return $0 < 1_000_000
            }
        }
        #expect(error == .cancelled && written == written.sorted() && (written.last ?? 0) < content.count)
        let archive = try ZipWriter(path: folder.file("b.zip"))
        try archive.addBytes(content, named: "a")
        var parts: [Double] = []
        #expect(throws: Problem.cancelled) {
            try archive.finish {
                parts.append($0)
                return $0 < 0.3
            }
        }
        #expect(parts == parts.sorted() && (parts.last ?? 0) < 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.zip"])
    }

    @Test func `an entry beyond the limit is not unpacked`() throws {
        try write([("a", [UInt8](repeating: 0, count: 10_000))])
        let archive = try ZipReader(path: path)
        #expect(throws: Problem.tooLarge(path: path, limit: 9_999)) { _ = try archive.read(archive.entries[0], limit: 9_999) }
        #expect(throws: Problem.self) { try archive.extract(archive.entries[0], to: folder.file("out"), limit: 9_999) }
        #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
    }

    @Test func `an archive with too many entries is refused`() throws {
        try write((0..<20).map { ("\($0)", [UInt8($0)]) })
        #expect(throws: Problem.self) { _ = try ZipReader(path: path, entryLimit: 19) }
        #expect(try ZipReader(path: path, entryLimit: 20).entries.count == 20)
    }

    @Test func `a flipped bit in the content is corrupt`() throws {
        try write([("a", Array("some content".utf8))], level: 0)
        var data = try Data(contentsOf: URL(filePath: path))
        let place = try #require(data.firstRange(of: Data("some".utf8)))
        data[place.lowerBound] ^= 1
        try data.write(to: URL(filePath: path))
        let archive = try ZipReader(path: path)
        #expect(throws: Problem.self) { _ = try archive.read(archive.entries[0], limit: 100) }
    }

    @Test func `an archive cut at any byte never crashes`() throws {
        try write([("a", Array("some content".utf8)), ("b", [1, 2, 3])])
        let whole = try Data(contentsOf: URL(filePath: path))
        for count in 0..<whole.count {
            try whole.prefix(count).write(to: URL(filePath: path))
            #expect(throws: Problem.self) {
                let archive = try ZipReader(path: path)
                for entry in archive.entries { _ = try archive.read(entry, limit: 100) }
                throw Problem.truncated(path: path)
            }
        }
    }

    @Test(arguments: ["../a", "a/../../b", "/etc/passwd", "a\\b", "./a", "a/./b", "/"])
    func `names that lead out of the folder are not safe`(_ name: String) throws {
        try write([(name, [1])])
        #expect(try ZipReader(path: path).entries[0].safePathComponents == nil)
    }

    @Test func `ordinary names are safe`() throws {
        try write([("Dataset004_Hippocampus/nnUNetTrainer__nnUNetPlans__2d/fold_0/checkpoint_final.pth", [1]), ("a b/ü.json", [2])])
        let entries = try ZipReader(path: path).entries
        #expect(entries[0].safePathComponents?.last == "checkpoint_final.pth")
        #expect(entries[1].safePathComponents == ["a b", "ü.json"])
    }

    @Test func `an unfinished archive leaves nothing`() throws {
        do {
            let archive = try ZipWriter(path: path)
            try archive.addBytes([1, 2, 3], named: "a")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `an archive may have the longest name that its folder takes`() throws {
        let name = String(repeating: "b", count: 255)
        let archive = try ZipWriter(path: folder.file(name))
        try archive.addBytes([1], named: "entry")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { $0.hasPrefix(".") })
        try archive.finish()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
    }

    @Test func `folders and other files are no archives`() throws {
        try Data("no archive".utf8).write(to: URL(filePath: path))
        for path in [path, folder.path, "/dev/null", folder.file("missing")] {
            #expect(throws: Problem.self) { _ = try ZipReader(path: path) }
        }
    }
}
