import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

struct `The file system` {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func path(_ name: String) -> FilePath { FilePath(folder.file(name)) }

    @Test func `renames without replacing`() throws {
        try FileSystem.write(Array("one".utf8), to: path("a"))
        try FileSystem.write(Array("two".utf8), to: path("b"))
        let error = #expect(throws: Problem.self) { try FileSystem.renameWithoutReplacing(path("a"), to: path("b")) }
        #expect(error?.kind == .occupied)
        #expect(try FileSystem.readText(path("b"), limit: 10) == "two")
        try FileSystem.renameWithoutReplacing(path("a"), to: path("c"))
        #expect(try FileSystem.readText(path("c"), limit: 10) == "one")
    }

    @Test func `does not replace an empty folder either`() throws {
        try FileSystem.makeFolder(path("a"))
        try FileSystem.makeFolder(path("b"))
        #expect(throws: Problem.self) { try FileSystem.renameWithoutReplacing(path("a"), to: path("b")) }
    }

    @Test func `writes and copies files with the longest name there is`() throws {
        let names = ["a", "b"].map { String(repeating: $0, count: 255) }
        try FileSystem.write([1], to: path(names[0]))
        try FileSystem.copy(path(names[0]), to: path(names[1]))
        #expect(try FileSystem.names(in: FilePath(folder.path)) == names.map { FilePath($0) })
    }

    @Test(.enabled(if: TemporaryFileSystem.keepsHoles, "the temporary folder's file system keeps no holes"))
    func `tells a file with holes from one that was written through`() throws {
        try FileSystem.write([UInt8](repeating: 0, count: 1 << 20), to: path("whole"))
        #expect(try !FileSystem.hasHoles(path("whole")))
        try FileSystem.write([1], to: path("sparse"))
        #expect(truncate(folder.file("sparse"), 1 << 20) == 0)
        #expect(try FileSystem.hasHoles(path("sparse")))
    }

    @Test func `finds the mounted file system of a folder`() throws {
        let mounted = try MountedFileSystem(of: FilePath("/proc"))
        #expect(mounted.type == "proc")
        #expect(mounted.isMountedBelow(try MountedFileSystem(of: FilePath("/"))))
    }

    @Test func `makes folders that can be entered`() throws {
        try FileSystem.makeFolder(path("a/b/c"))
        var facts = stat()
        #expect(stat(folder.file("a/b"), &facts) == 0)
        #expect(facts.st_mode & 0o700 == 0o700)
        try FileSystem.makeFolder(path("a/b/c"))
    }

    @Test func `removes a link, not what it points to`() throws {
        try FileSystem.makeFolder(path("kept"))
        try FileSystem.write([1], to: path("kept/file"))
        try FileSystem.makeFolder(path("gone/inner"))
        #expect(symlink(folder.file("kept"), folder.file("gone/link")) == 0)
        try FileSystem.removeTree(path("gone"))
        #expect(try FileSystem.facts(of: path("gone")) == nil)
        #expect(try FileSystem.facts(of: path("kept/file")) != nil)
        try FileSystem.removeTree(path("gone"))
    }

    @Test func `copies content whole and leaves no partial file`() throws {
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try FileSystem.write(bytes, to: path("a"))
        try FileSystem.copy(path("a"), to: path("b"))
        #expect(try FileSystem.haveEqualContent(path("a"), path("b")))
        #expect(try FileSystem.names(in: path("")) == [FilePath("a"), FilePath("b")])
        try FileSystem.write(bytes.dropLast() + [7], to: path("b"))
        #expect(try !FileSystem.haveEqualContent(path("a"), path("b")))
    }

    @Test func `copies no link and no pipe`() throws {
        try FileSystem.write([1], to: path("a"))
        #expect(symlink(folder.file("a"), folder.file("link")) == 0)
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        #expect(throws: Problem.self) { try FileSystem.copy(path("link"), to: path("b")) }
        #expect(throws: Problem.self) { try FileSystem.copy(path("pipe"), to: path("b")) }
    }

    @Test(arguments: ["/proc/x", "/proc/self/fd/x/y", ""]) func `makes no folder where none can be`(path: String) {
        #expect(throws: Problem.self) { try FileSystem.makeFolder(FilePath(path)) }
    }

    @Test func `takes a link for a folder only where it may`() throws {
        try FileSystem.makeFolder(path("there"))
        #expect(symlink(folder.file("there"), folder.file("link")) == 0)
        #expect(throws: Problem.self) { try FileSystem.makeFolder(path("link")) }
        try FileSystem.makeFolder(path("link"), acceptsLink: true)
        #expect(symlink(folder.file("nowhere"), folder.file("dangling")) == 0)
        #expect(throws: Problem.self) { try FileSystem.makeFolder(path("dangling/a"), acceptsLink: true) }
    }

    @Test func `tells a full disk from a wrong name`() {
        #expect(Problem.refused("written", path: FilePath("/x"), SystemError(ENOSPC)).kind == .unavailable)
        #expect(Problem.refused("written", path: FilePath("/x"), SystemError(EROFS)).kind == .unavailable)
        #expect(Problem.refused("written", path: FilePath("/x"), SystemError(ENAMETOOLONG)).kind == .unusable)
    }

    @Test func `gives a lock to one owner at a time`() throws {
        var first = try FolderLock(path: path("lock"))
        #expect(first != nil)
        #expect(try FolderLock(path: path("lock")) == nil)
        first = nil
        #expect(try FolderLock(path: path("lock")) != nil)
    }

    @Test func `reads no file beyond the limit`() throws {
        try FileSystem.write([UInt8](repeating: 65, count: 100), to: path("a"))
        let error = #expect(throws: Problem.self) { try FileSystem.readText(path("a"), limit: 99) }
        #expect(error?.cause?.code == EFBIG)
    }

    @Test func `knows network file systems by their numbers`() {
        #expect(FileSystemKind(magic: 0x6969) == .shared("NFS"))
        #expect(FileSystemKind(magic: 0xFF53_4D42) == .shared("SMB"))
        #expect(FileSystemKind(magic: 0xEF53) == .local)
        #expect(FileSystemKind(of: folder.path) != nil)
    }

    @Test func `sees that a file is open for writing`() throws {
        let file = folder.file("a")
        let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let whileOpen = OpenFileProbe.probe(FilePath(file))
        close(descriptor)
        let afterwards = OpenFileProbe.probe(FilePath(file))
        if afterwards == .unknown { return }  // a file system without leases
        #expect(whileOpen == .open)
        #expect(afterwards == .closed)
    }
}
