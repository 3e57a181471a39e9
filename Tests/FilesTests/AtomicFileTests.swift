import Files
import Foundation
import TestSupport
import Testing

/// A file is there whole or not at all.
struct AtomicFileTests {
    @Test func `the name appears with the commit, in place of an older file`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a")
        try Data("old".utf8).write(to: URL(filePath: path))
        let file = try AtomicFile(path: path)
        try file.write(Array("new content".utf8))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        try file.commit()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new content")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
    }

    @Test func `without a commit nothing is left`() throws {
        let folder = try TemporaryFolder()
        do {
            let file = try AtomicFile(path: folder.file("a"))
            try file.write([1, 2, 3])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test(arguments: ["/dev/full/a", "/missing/folder/a", "/tmp/"])
    func `a place that can't be written is an error at once`(_ path: String) {
        #expect(throws: Problem.self) { _ = try AtomicFile(path: path) }
    }

    @Test func `the longest name that a folder takes can be written`() throws {
        let folder = try TemporaryFolder()
        let name = String(repeating: "a", count: 255)
        let file = try AtomicFile(path: folder.file(name))
        try file.write([1])
        try file.commit()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
    }
}
