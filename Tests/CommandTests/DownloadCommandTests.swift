import Compression
import Files
import Foundation
import TestSupport
import Testing

/// `download_pretrained_model_by_url`.
struct `Fetching a model` {
    private static let model = "Dataset990_Phantom/nnUNetTrainer__nnUNetPlansSmall__3d_fullres"
    private let folder: TemporaryFolder
    private let server: FileServer
    private let archive: [UInt8]
    private var results: String { folder.file("results") }

    init() throws {
        folder = try TemporaryFolder()
        let zip = try ZipWriter(path: folder.file("model.zip"))
        let bundled = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__3d_fullres")
        for name in try FileManager.default.subpathsOfDirectory(atPath: bundled).sorted() where name.contains(".") {
            try zip.addFile(named: Self.model + "/" + name, contentOf: bundled + "/" + name)
        }
        try zip.finish()
        archive = Array(try Data(contentsOf: URL(filePath: folder.file("model.zip"))))
        server = try FileServer(archive)
    }

    private func fetch(_ name: String = "model.zip", _ more: String...) throws -> Command.Outcome {
        try Command.run(
            [server.address(name)] + more, as: "nnUNetv2_download_pretrained_model_by_url", environment: ["nnUNet_results": results])
    }

    private func names(_ folder: String) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    @Test func `installs the models and leaves nothing else`() throws {
        let digest = SHA256.hexadecimal(SHA256.digest(of: archive.span.bytes)).uppercased()
        let outcome = try fetch("moved", "--sha256", digest)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(outcome.output.contains("\(Self.model): installed, folds 0"))
        #expect(try names(results) == ["Dataset990_Phantom"])
    }

    @Test func `goes on where a server broke off, and says what it keeps`() throws {
        server.behave { $0.breaks = [1000, 0] }
        let broken = try fetch()
        #expect(broken.status == 69, "\(broken.errors)")
        #expect(broken.errors.contains("1000 bytes are kept in \(results)/.download-"), "\(broken.errors)")
        let outcome = try fetch()
        #expect(outcome.status == 0 && outcome.output.contains("going on after 1000 bytes"), "\(outcome.errors)")
        #expect(server.requests.last == "GET /model.zip from 1000")
        #expect(try names(results) == ["Dataset990_Phantom"])
    }

    @Test func `other content or a wrong checksum installs nothing and is not kept`() throws {
        let digest = String(repeating: "0", count: 64)
        let outcome = try fetch("model.zip", "--sha256", digest)
        #expect(outcome.status == 65 && outcome.errors.contains("its SHA-256 is "), "\(outcome.errors)")
        #expect(try names(results).isEmpty)
        server.serve(Array(archive.prefix(archive.count / 2)), tag: "\"2\"")
        let half = try fetch()
        #expect(half.status == 65 && half.errors.contains("removed again"), "\(half.errors)")
        #expect(try names(results).isEmpty)
        let page = try fetch("page")
        #expect(page.status == 65 && page.errors.contains("a web page"), "\(page.errors)")
        let missing = try fetch("missing")
        #expect(missing.status == 66 && missing.errors.contains("404"), "\(missing.errors)")
    }

    @Test func `a model that is there with other content is kept unless it may be replaced, and the archive is not fetched twice`() throws {
        #expect(try fetch().status == 0)
        let changed = results + "/\(Self.model)/dataset.json"
        try Data("{}".utf8).write(to: URL(filePath: changed))
        let refused = try fetch()
        #expect(refused.status == 73 && refused.errors.contains("--overwrite"), "\(refused.errors)")
        #expect(FileManager.default.contents(atPath: changed) == Data("{}".utf8))
        #expect(try fetch("model.zip", "--overwrite").status == 0)
        #expect(server.requests.last == "GET /model.zip from \(archive.count)")
        #expect(try names(results) == ["Dataset990_Phantom"])
    }
}
