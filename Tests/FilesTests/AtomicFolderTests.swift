import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

struct `A folder that appears whole` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path) }

    private func write(_ text: String, to path: FilePath) throws { try Data(text.utf8).write(to: URL(filePath: path.string)) }

    @Test func `has its name only after the commit, and nothing of an older one`() throws {
        let path = FilePath(folder.file("results"))
        try FileManager.default.createDirectory(atPath: path.string + "/sub", withIntermediateDirectories: true)
        try write("old", to: path.appending("old"))
        let made = try AtomicFolder(path: path)
        try write("new", to: made.draft.appending("new"))
        #expect(try FileSystem.names(in: path) == ["old", "sub"])
        try made.commit()
        #expect(try FileSystem.names(in: path) == ["new"])
        #expect(try names() == ["results"])
    }

    @Test func `leaves nothing where it is given up`() throws {
        let path = FilePath(folder.file("results"))
        do {
            let given = try AtomicFolder(path: path)
            try write("new", to: given.draft.appending("new"))
        }
        #expect(try names() == [])
    }

    @Test func `does not replace a file, nor what a link leads to`() throws {
        let path = FilePath(folder.file("results"))
        try write("a file", to: path)
        #expect(throws: Problem.self) { try AtomicFolder(path: path) }
        try FileSystem.removeFile(path)
        try FileManager.default.createSymbolicLink(atPath: path.string, withDestinationPath: folder.path)
        #expect(throws: Problem.self) { try AtomicFolder(path: path) }
        #expect(try names() == ["results"])
    }
}
