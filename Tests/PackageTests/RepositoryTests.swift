import Foundation
import Testing

struct `The repository` {
    @Test func `names no path of the machine it was written on`() throws {
        let allowed: Set<String> = ["Tests/PackageTests/RepositoryTests.swift"]
        var files = ["Package.swift", "Makefile", "README.md", ".ci/run"]
        for folder in ["Sources", "Tests", "systemd", "Config"] {
            files += try SourceTree.files(
                below: folder, endings: [".swift", ".c", ".h", ".cpp", ".py", ".sh", ".md", ".toml", ".service", ".conf", ".catalog"])
        }
        for file in files where !allowed.contains(file) {
            let text = try SourceTree.text(of: file)
            for path in ["/work/", "/root/", "/home/"] {
                #expect(!text.contains(path), "\(file) names \(path)")
            }
        }
    }

    @Test func `lets nothing into the service's log but through the event log`() throws {
        let wiring = ["Events/EventLog.swift", "Privacy/NamelessLog.swift", "Service/Daemon.swift"]
        let found = try SourceTree.imports(of: "InboxProcessing").filter { $0.module == "Logging" }.map(\.file)
        #expect(Set(found) == Set(wiring.map { "Sources/InboxProcessing/" + $0 }))
        for file in try SourceTree.files(below: "Sources/InboxProcessing", endings: [".swift"]) {
            let text = try SourceTree.text(of: file)
            for way in [" print(", "STDERR_FILENO", "STDOUT_FILENO", "fputs("] { #expect(!text.contains(way), "\(file) says \(way)") }
        }
    }

    /// The formatter holds fields against the signature, where every parameter is one; where only some need words, the text names them as
    /// code. A bare name is neither.
    @Test func `documents a parameter as a field or names it as code`() throws {
        for file in try ["Sources", "Tests"].flatMap({ try SourceTree.files(below: $0, endings: [".swift"]) }) {
            for line in try SourceTree.text(of: file).split(separator: "\n") where line.contains("/// - ") {
                let item = line.drop { $0 == " " }.dropFirst("/// - ".count)
                let name = item.prefix { $0.isLetter || $0.isNumber }
                let isBare = item.first?.isLowercase == true && item[name.endIndex...].hasPrefix(":")
                #expect(!isBare, "\(file): \(line)")
            }
        }
    }

    @Test(arguments: ["Tests/Support/Fixtures", "Sources/Phantom/Bundle"])
    func `keeps data together below 25 MB`(folder: String) throws {
        let folder = SourceTree.root.appending(path: folder)
        let walker = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey]))
        let total = try walker.reduce(0) { try $0 + ((($1 as? URL)?.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0) }
        #expect(total > 0 && total < 25_000_000)
    }

    @Test func `has tests for every library`() throws {
        let libraries = Set(try PackageManifest.dependencies().keys).subtracting(["nnunet", "nnunetd"])
        for library in libraries {
            let files = try SourceTree.files(below: "Tests/\(library)Tests", endings: [".swift"])
            #expect(!files.isEmpty, "Tests/\(library)Tests has no test")
        }
    }
}
