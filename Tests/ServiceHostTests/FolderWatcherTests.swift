import Files
import Foundation
import ServiceHost
import SystemPackage
import TestSupport
import Testing

/// One watcher per process, so one test at a time.
@Suite(.serialized) struct `The folder watcher` {
    let folder: TemporaryFolder
    let root: FilePath

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("root"), withIntermediateDirectories: true)
        root = FilePath(folder.file("root"))
    }

    /// Makes a watcher as soon as the one of the test before has ended.
    private func makeWatcher() async throws -> FolderWatcher {
        for _ in 0..<500 {
            if let watcher = try? FolderWatcher() { return watcher }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try FolderWatcher()
    }

    private func write(_ name: String) throws { try Data("x".utf8).write(to: URL(filePath: folder.file("root/" + name))) }

    /// The next change, or nil after ten seconds.
    private func next(_ changes: inout AsyncStream<FolderChange>.Iterator, _ watcher: FolderWatcher) async -> FolderChange? {
        let limit = Task {
            try await Task.sleep(for: .seconds(10))
            watcher.stop()
        }
        defer { limit.cancel() }
        return await changes.next(isolation: nil)
    }

    @Test func `tells of a new file once until it is acknowledged`() async throws {
        let watcher = try await makeWatcher()
        defer { watcher.stop() }
        var changes = watcher.changes.makeAsyncIterator()
        watcher.watch(root)
        #expect(await next(&changes, watcher) == .changed(root: root))
        watcher.acknowledge(root)
        try write("a")
        #expect(await next(&changes, watcher) == .changed(root: root))
    }

    @Test func `watches folders made later, and those moved in`() async throws {
        let watcher = try await makeWatcher()
        defer { watcher.stop() }
        var changes = watcher.changes.makeAsyncIterator()
        watcher.watch(root)
        _ = await next(&changes, watcher)
        try FileManager.default.createDirectory(atPath: folder.file("outside/deep"), withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: folder.file("outside"), toPath: folder.file("root/inside"))
        let descriptor = open(folder.file("root/inside/deep/file"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        for _ in 0..<500 where watcher.filesBeingWritten(below: root).isEmpty {
            _ = Glibc.write(descriptor, "x", 1)
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(watcher.filesBeingWritten(below: root) == [FilePath(folder.file("root/inside/deep/file"))])
        close(descriptor)
        for _ in 0..<500 where !watcher.filesBeingWritten(below: root).isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        #expect(watcher.filesBeingWritten(below: root).isEmpty)
    }

    @Test func `follows no links`() async throws {
        let watcher = try await makeWatcher()
        defer { watcher.stop() }
        try FileManager.default.createDirectory(atPath: folder.file("elsewhere"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder.file("root/link"), withDestinationPath: folder.file("elsewhere"))
        watcher.watch(root)
        try await Task.sleep(for: .milliseconds(200))
        let descriptor = open(folder.file("elsewhere/file"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        _ = Glibc.write(descriptor, "x", 1)
        try await Task.sleep(for: .milliseconds(200))
        #expect(watcher.filesBeingWritten(below: FilePath(folder.path)).isEmpty)
        close(descriptor)
    }

    @Test func `follows a root that is a link, and tells which files were closed`() async throws {
        let watcher = try await makeWatcher()
        defer { watcher.stop() }
        let link = FilePath(folder.file("link"))
        try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: folder.file("root"))
        var changes = watcher.changes.makeAsyncIterator()
        watcher.watch(link)
        #expect(await next(&changes, watcher) == .changed(root: link))
        watcher.acknowledge(link)
        try write("a")
        #expect(await next(&changes, watcher) == .changed(root: link))
        for _ in 0..<500 where watcher.filesClosed(below: link).isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        #expect(watcher.filesClosed(below: link).contains { $0.name == FilePath("a") })
    }

    @Test func `watches the folder that took a root's place`() async throws {
        let watcher = try await makeWatcher()
        defer { watcher.stop() }
        var changes = watcher.changes.makeAsyncIterator()
        watcher.watch(root)
        _ = await next(&changes, watcher)
        watcher.acknowledge(root)
        try FileManager.default.moveItem(atPath: folder.file("root"), toPath: folder.file("old"))
        try FileManager.default.createDirectory(atPath: folder.file("root"), withIntermediateDirectories: true)
        watcher.rewatch(root)
        while let change = await next(&changes, watcher), change != .changed(root: root) {}
        // Each writing takes the file from the closed ones for a moment.
        var wasClosed = false
        for _ in 0..<500 where !wasClosed {
            try write("a")
            try await Task.sleep(for: .milliseconds(10))
            wasClosed = !watcher.filesClosed(below: root).isEmpty
        }
        #expect(wasClosed)
    }

    @Test func `says that a root is lost`() async throws {
        let watcher = try await makeWatcher()
        defer { watcher.stop() }
        var changes = watcher.changes.makeAsyncIterator()
        watcher.watch(root)
        _ = await next(&changes, watcher)
        try FileManager.default.removeItem(atPath: folder.file("root"))
        var seen: FolderChange?
        while let change = await next(&changes, watcher) {
            seen = change
            if case .lost = change { break }
        }
        #expect(seen == .lost(root: root))
    }

    @Test func `is the only one of its process`() async throws {
        let watcher = try await makeWatcher()
        defer { watcher.stop() }
        #expect(throws: Problem.watcherExists) { try FolderWatcher() }
    }
}
