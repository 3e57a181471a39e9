import Foundation
import ServiceHost
import TestSupport
import Testing

struct `The systemd unit` {
    static let hasAnalyzer = FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Checkout.root.appending(path: "systemd/" + name), encoding: .utf8)
    }

    /// The unit with a program that is there, in a folder of its own.
    private func unit(in folder: TemporaryFolder) throws -> String {
        let path = folder.file("nnunetd.service")
        try text("nnunetd.service").replacing("/usr/local/bin/nnunetd", with: "/bin/true").write(
            toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func analyze(_ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/systemd-analyze")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    @Test(.enabled(if: hasAnalyzer, "needs systemd-analyze")) func `is understood by systemd`() throws {
        let folder = try TemporaryFolder()
        let found = try analyze(["verify", try unit(in: folder)])
        // systemd before 253 doesn't know notify-reload; the unit says notify before for it.
        let lines = found.text.split(separator: "\n").filter { !$0.contains("Failed to parse service type, ignoring: notify-reload") }
        #expect(found.status == 0)
        #expect(!lines.contains { $0.contains("nnunetd.service") }, "\(found.text)")
    }

    @Test(.enabled(if: hasAnalyzer, "needs systemd-analyze")) func `is exposed less than 1.0 of 10`() throws {
        let folder = try TemporaryFolder()
        let found = try analyze(["security", "--offline=true", "--threshold=10", try unit(in: folder)])
        #expect(found.status == 0, "\(found.text)")
    }

    @Test func `names this project's pages as they are installed`() throws {
        let pages = try text("nnunetd.service").split(separator: "\n").filter { $0.hasPrefix("Documentation=") }
            .flatMap { $0.dropFirst("Documentation=".count).split(separator: " ") }
        #expect(!pages.isEmpty)
        #expect(pages.allSatisfy { $0.hasPrefix("file:/usr/local/share/doc/nnunetd/") })
    }

    @Test func `has an entry in the catalogue for every message identifier`() throws {
        let catalogue = try text("nnunetd.catalog")
        let explained = catalogue.split(separator: "\n").filter { $0.hasPrefix("-- ") }.map { String($0.dropFirst(3)) }
        let source = try String(
            contentsOf: Checkout.root.appending(path: "Sources/ServiceHost/Logging/MessageID.swift"), encoding: .utf8)
        let used = source.matches(of: /"([0-9a-f]{32})"/).map { String($0.output.1) }
        #expect(explained.sorted() == used.sorted())
    }
}
