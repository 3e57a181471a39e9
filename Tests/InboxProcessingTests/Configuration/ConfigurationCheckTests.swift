import Foundation
import InboxProcessing
import TestSupport
import Testing

struct `Checking a configuration` {
    let folder: TemporaryFolder
    init() throws {
        folder = try TemporaryFolder()
        for name in ["state", "in", "out", "in/inner"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
    }

    private func text(state: String = "state", inbox: String = "in", outbox: String = "out", model: String = "model") -> String {
        """
        version = 1
        state_directory = "\(folder.path)/\(state)"
        [[routes]]
        name = "a"
        inbox = "\(folder.path)/\(inbox)"
        outbox = "\(folder.path)/\(outbox)"
        [[routes.models]]
        folder = "\(folder.path)/\(model)"
        """
    }

    private func problems(_ text: String) throws -> [ConfigurationProblem] {
        let configuration = try ConfigurationReader.parse(text, path: "c.toml")
        do {
            _ = try ConfigurationCheck.run(configuration, text: text, path: "c.toml", factory: FakeFactory())
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `finds nothing wrong with folders that are there and apart`() throws {
        #expect(try problems(text()).isEmpty)
    }

    @Test func `names missing folders and broken models together`() throws {
        let found = try problems(text(state: "nowhere", inbox: "no", model: "broken"))
        #expect(found.map(\.key) == ["state_directory", "routes[0].inbox", "routes[0].models[0].folder"])
        #expect(found.map(\.line) == [2, 5, 8])
    }

    @Test(arguments: [("in", "in"), ("in", "in/inner"), ("in/inner", "in"), ("in", "state"), ("state", "out")])
    func `refuses folders that overlap`(inbox: String, outbox: String) throws {
        #expect(try !problems(text(inbox: inbox, outbox: outbox)).isEmpty)
    }

    /// The problems with a cache folder, which need not be there.
    private func problems(cache: String) throws -> [ConfigurationProblem] {
        try problems(text().replacing("version = 1\n", with: "version = 1\ncache_directory = \"\(folder.path)/\(cache)\"\n"))
    }

    @Test(arguments: ["cache", "new/cache/below"]) func `takes a cache apart from all other folders`(cache: String) throws {
        #expect(try problems(cache: cache).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: folder.file("new")))
    }

    @Test(arguments: [
        ("in", "routes[0].inbox"), ("in/inner", "routes[0].inbox"), ("in/new/cache", "routes[0].inbox"), ("out/cache", "routes[0].outbox"),
        ("state", "cache_directory"), ("state/cache", "cache_directory"), (".", "cache_directory"),
    ])
    func `refuses a cache that overlaps with another folder, made or not`(cache: String, key: String) throws {
        #expect(try problems(cache: cache).first?.key == key)
    }

    @Test func `sees a cache behind a link in a folder above it`() throws {
        try FileManager.default.createSymbolicLink(atPath: folder.file("alias"), withDestinationPath: folder.file("in"))
        #expect(try problems(cache: "alias/new").map(\.key) == ["routes[0].inbox"])
    }

    @Test func `sees an overlap behind a link`() throws {
        try FileManager.default.createSymbolicLink(atPath: folder.file("alias"), withDestinationPath: folder.file("in/inner"))
        #expect(try problems(text(outbox: "alias")).map(\.key) == ["routes[0].outbox"])
    }

    @Test func `refuses a file where a folder should be`() throws {
        try Data().write(to: URL(filePath: folder.file("file")))
        #expect(try problems(text(outbox: "file")).map(\.line) == [6])
    }

    @Test func `says in plain words what would be done`() throws {
        let configuration = try ConfigurationReader.parse(text(), path: "c.toml")
        let check = try ConfigurationCheck.run(configuration, text: text(), path: "c.toml", factory: FakeFactory())
        let lines = configuration.description(of: check)
        #expect(
            lines.contains { $0.contains("takes cases from \(folder.path)/in (watched through inotify)") || $0.contains("read every 10 s") }
        )
        #expect(lines.contains { $0.contains("not changed for 20 s") && $0.contains("10 min") })
        #expect(lines.contains("Prepared weights are not kept between starts."))
        #expect(lines.contains("  a case is one NIfTI file or DICOM series (CT or MR)"))
    }
}
