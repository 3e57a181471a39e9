import Compression
import Files
import Foundation
import TestSupport
import Testing

/// gzip streams: what is written is read back, and nothing else passes for it.
struct GzipTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func write(_ bytes: [UInt8], to name: String, level: Int32 = 6) throws -> String {
        let file = try AtomicFile(path: folder.file(name))
        let writer = try GzipWriter(file: file, level: level)
        try writer.write(bytes)
        try writer.finish()
        try file.commit()
        return folder.file(name)
    }

    private func read(_ path: String, atMost count: Int = 1 << 22) throws -> [UInt8] {
        let reader = try GzipReader(path: path)
        var bytes = [UInt8](repeating: 0, count: count)
        let found = try bytes.withUnsafeMutableBytes { try reader.read(into: $0) }
        return Array(bytes[..<found])
    }

    @Test(arguments: [0, 1, 255, 300_000, 1 << 20])
    func `what is written is read back`(_ count: Int) throws {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...15, using: &generator) }
        for level: Int32 in [1, 6] {
            let path = try write(bytes, to: "a.gz", level: level)
            #expect(try GzipReader(path: path).isCompressed)
            #expect(try read(path) == bytes)
        }
        try Data(bytes).write(to: URL(filePath: folder.file("a")))
        #expect(try read(folder.file("a")) == bytes)
    }

    @Test func `equal content gives equal files`() throws {
        let first = try Data(contentsOf: URL(filePath: write(Array("abc".utf8), to: "a.gz")))
        let second = try Data(contentsOf: URL(filePath: write(Array("abc".utf8), to: "b.gz")))
        #expect(first == second)
    }

    @Test func `a wrong check value or length is corrupt`() throws {
        let path = try write(Array("some content".utf8), to: "a.gz")
        let whole = try Data(contentsOf: URL(filePath: path))
        for index in 1...8 {
            var damaged = whole
            damaged[whole.count - index] ^= 1
            try damaged.write(to: URL(filePath: path))
            #expect(throws: Problem.self) { _ = try read(path) }
        }
    }

    @Test func `a stream that goes on is stopped at its limit`() throws {
        let path = try write([UInt8](repeating: 0, count: 1 << 20), to: "a.gz")
        #expect(try GzipReader(path: path).drain(limit: 1 << 20) == 1 << 20)
        #expect(throws: Problem.tooLarge(path: path, limit: 1000)) { _ = try GzipReader(path: path).drain(limit: 1000) }
    }

    @Test func `skipping beyond the end is an error`() throws {
        let path = try write([1, 2, 3], to: "a.gz")
        try GzipReader(path: path).skip(3)
        #expect(throws: Problem.truncated(path: path)) { try GzipReader(path: path).skip(4) }
    }

    @Test func `the check value is the standard's`() {
        #expect(Array("123456789".utf8).withUnsafeBytes { CRC32.checksum($0) } == 0xcbf4_3926)
        var inParts = CRC32()
        for part in ["1234", "", "56789"] { Array(part.utf8).withUnsafeBytes { inParts.update($0) } }
        #expect(inParts.value == 0xcbf4_3926)
    }

    @Test func `only regular files are opened`() throws {
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [folder.path, pipe, "/dev/null"] {
            #expect(throws: Problem.notRegularFile(path: path)) { _ = try RegularFile(path: path) }
        }
    }
}
