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

    @Test func `fills an empty folder, and what a link leads to, in its place`() throws {
        let path = folder.file("results"), link = folder.file("link")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o750])
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        let before = try FileManager.default.attributesOfItem(atPath: path)
        let made = try AtomicFolder(path: FilePath(link))
        try write("new", to: made.draft.appending("new"))
        #expect(try FileSystem.names(in: FilePath(path))?.contains("new") == false)
        try made.commit()
        withExtendedLifetime(made) {}
        let after = try FileManager.default.attributesOfItem(atPath: path)
        #expect(after[.systemFileNumber] as? Int == before[.systemFileNumber] as? Int && after[.posixPermissions] as? Int == 0o750)
        #expect(try Data(contentsOf: URL(filePath: path + "/new")) == Data("new".utf8))
    }

    @Test func `does not replace a file, nor one that a link leads to`() throws {
        let path = FilePath(folder.file("results"))
        try write("a file", to: path)
        #expect(throws: Problem.self) { try AtomicFolder(path: path) }
        try FileSystem.removeFile(path)
        try write("a file", to: FilePath(folder.file("file")))
        try FileManager.default.createSymbolicLink(atPath: path.string, withDestinationPath: folder.file("file"))
        #expect(throws: Problem.self) { try AtomicFolder(path: path) }
        #expect(try names().sorted() == ["file", "results"])
    }
}
