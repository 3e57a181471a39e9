import Downloads
import Files
import Foundation
import Synchronization
import TestSupport
import Testing

/// Downloads from a server that a test can make misbehave.
struct DownloadTests {
    private let folder: TemporaryFolder
    private let server: FileServer
    private let content: [UInt8]
    private var path: String { folder.file("part") }

    init() throws {
        folder = try TemporaryFolder()
        content = Array("PK".utf8) + (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
        server = try FileServer(content)
    }

    /// What the part file holds in the end.
    @discardableResult
    private func fetch(_ name: String = "model.zip", stopAfter limit: Int = .max) throws -> [UInt8] {
        let address = try #require(WebAddress(server.address(name)))
        let part = try PartialFile(path: path)
        try Download(address, beginning: Array("PK".utf8), agent: "test").fetch(into: part) { $0.received < limit }
        return Array(try Data(contentsOf: URL(filePath: path)))
    }

    private func kind(_ body: () throws -> Void) -> Problem.Kind? {
        do { try body() } catch { return (error as? Problem)?.kind }
        return nil
    }

    @Test func `fetches a file, also behind a redirect and without a length`() throws {
        #expect(try fetch() == content)
        try FileManager.default.removeItem(atPath: path)
        server.behave { $0.saysLength = false }
        #expect(try fetch("moved") == content)
        #expect(server.requests == ["GET /model.zip", "GET /moved", "GET /model.zip"])
    }

    @Test func `asks for the rest where the server breaks off`() throws {
        server.behave { $0.breaks = [100_000, 50_000] }
        #expect(try fetch() == content)
        #expect(server.requests == ["GET /model.zip", "GET /model.zip from 100000", "GET /model.zip from 150000"])
    }

    @Test func `a later attempt goes on, and a file that is whole is not fetched again`() throws {
        server.behave { $0.breaks = [100_000, 0] }
        #expect(kind { try fetch() } == .unavailable)
        #expect(try fetch() == content)
        #expect(try fetch() == content)
        #expect(server.requests.suffix(2) == ["GET /model.zip from 100000", "GET /model.zip from \(content.count)"])
    }

    @Test func `another version begins anew`() throws {
        server.behave { $0.breaks = [100_000, 0] }
        #expect(kind { try fetch() } == .unavailable)
        let newer = Array("PK newer".utf8)
        server.serve(newer, tag: "\"2\"")
        #expect(try fetch() == newer)
    }

    @Test func `nothing is added to a version that can't be told`() throws {
        server.behave {
            $0.tag = nil
            $0.breaks = [100_000]
        }
        #expect(kind { try fetch() } == .unavailable)
        #expect(try fetch() == content)
        #expect(server.requests == ["GET /model.zip", "GET /model.zip"])
    }

    @Test func `a server that sends no parts sends the whole`() throws {
        server.behave {
            $0.sendsParts = false
            $0.breaks = [100_000]
        }
        #expect(try fetch() == content)
    }

    @Test(arguments: [
        ("missing", Problem.Kind.missing), ("page", .foreign), ("circle", .unavailable), ("elsewhere", .unavailable),
    ]) func `what brings no archive is named and leaves nothing in the part`(name: String, expected: Problem.Kind) throws {
        #expect(kind { try fetch(name) } == expected)
        #expect((FileManager.default.contents(atPath: path) ?? Data()).isEmpty)
    }

    @Test func `what does not begin as an archive is refused with its first byte`() throws {
        server.serve(Array("<!DOCTYPE html>".utf8), tag: "\"3\"")
        #expect(kind { try fetch() } == .foreign)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a stop keeps what was fetched, and one download at a time has it`() throws {
        #expect(kind { try fetch(stopAfter: 1) } == .cancelled)
        let kept = try #require(FileManager.default.contents(atPath: path))
        #expect(content.starts(with: kept))
        #expect(try fetch() == content)
        let part = try PartialFile(path: path)
        #expect(kind { _ = try PartialFile(path: path) } == .occupied)
        #expect(try part.digest() == SHA256.hexadecimal(SHA256.digest(of: content.span.bytes)))
        try part.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `nobody listening is said`() throws {
        let address = try #require(WebAddress("http://127.0.0.1:1/model.zip")), part = try PartialFile(path: path)
        #expect(kind { try Download(address, beginning: [], agent: "test").fetch(into: part) { _ in true } } == .unavailable)
    }

    @Test func `addresses are http or https, and are shown without what may be secret`() {
        #expect(WebAddress("https://me:secret@example.org:8080/a/b.zip?key=1#x")?.shown == "https://example.org:8080/a/b.zip")
        #expect(WebAddress("HTTP://example.org")?.shown == "http://example.org")
        for text in [
            "ftp://example.org/a", "file:///etc/passwd", "example.org/a.zip", "http://", "http:///a", "http://a b/c", "http://:80/x",
        ] {
            #expect(WebAddress(text) == nil, "\(text)")
        }
    }
}
