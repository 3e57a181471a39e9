import Foundation
import TestSupport
import Testing

/// Where the program keeps packed weights, and what it says of it.
struct `The command line's cache of weights` {
    private static let model = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d")
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func benchmark(_ environment: [String: String]) throws -> (outcome: Command.Outcome, isFromCache: Bool?) {
        let outcome = try Command.run(["benchmark", "-m", Self.model, "--repeat", "1", "--json"], environment: environment)
        let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        #expect(report?["preparation_seconds"] is Double && report?["first_tile_seconds"] is Double)
        return (outcome, report?["weights_from_cache"] as? Bool)
    }

    private func entries(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0.hasSuffix(".weights") }
    }

    @Test func `is used from the second start on`() throws {
        let cache = ["NNUNET_CACHE": folder.file("cache")]
        #expect(try benchmark(cache).isFromCache == false)
        let second = try benchmark(cache)
        #expect(second.isFromCache == true && second.outcome.errors.isEmpty)
        let words = try Command.run(["benchmark", "-m", Self.model, "--repeat", "1"], environment: cache).output
        #expect(words.contains("ready for the first tile after ") && words.contains("weights from the cache"))
    }

    @Test func `gives predictions the same masks`() throws {
        let input = folder.file("in")
        try FileManager.default.createDirectory(atPath: input, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: PhantomBundle.path("cases/phantom_013_0000.nii.gz"), toPath: input + "/a_0000.nii.gz")
        let environments = [["NNUNET_CACHE": folder.file("cache")], ["NNUNET_CACHE": folder.file("cache")], [:]]
        let masks = try environments.enumerated().map { index, environment in
            let output = folder.file("out\(index)")
            let outcome = try Command.run(
                ["predict_from_modelfolder", "-i", input, "-o", output, "-m", Self.model, "-f", "0", "--disable_tta"],
                environment: environment)
            // Nothing of the cache; that the spine goes on beyond the scan is said of every case.
            #expect(outcome.status == 0)
            #expect(outcome.errors.hasPrefix("nnunet: a: warning: labels reach the scan's outermost slices"), "\(outcome.errors)")
            #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
            return try Data(contentsOf: URL(filePath: output + "/a.nii.gz"))
        }
        #expect(masks[0] == masks[1] && masks[0] == masks[2])
        #expect(entries(folder.file("cache")).count == 1)
    }

    @Test func `lies in the user's cache folder unless NNUNET_CACHE says otherwise`() throws {
        // Variables that are set to nothing in a shell, since a child's environment can only be added to here.
        func run(_ setting: String) throws {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments =
                ["-u", "NNUNET_CACHE", "-u", "XDG_CACHE_HOME"] + setting.split(separator: " ").map(String.init)
                + [Command.program, "benchmark", "-m", Self.model, "--repeat", "1", "--json"]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        try run("HOME=\(folder.file("home"))")
        #expect(entries(folder.file("home/.cache/nnunet")).count == 1)
        try run("HOME=\(folder.file("other")) XDG_CACHE_HOME=\(folder.file("xdg"))")
        #expect(entries(folder.file("xdg/nnunet")).count == 1)
        #expect(!FileManager.default.fileExists(atPath: folder.file("other")))
        try run("HOME=\(folder.file("other")) XDG_CACHE_HOME=relative")
        #expect(entries(folder.file("other/.cache/nnunet")).count == 1)
    }

    @Test func `that can't be written is named, and the weights are read from the checkpoint`() throws {
        try Data().write(to: URL(filePath: folder.file("file")))
        let found = try benchmark(["NNUNET_CACHE": folder.file("file/cache")])
        #expect(found.isFromCache == false && found.outcome.status == 0)
        #expect(
            found.outcome.errors.hasPrefix(
                "nnunet: warning: the prepared weights of \(Self.model)/fold_0/checkpoint_final.pth can't be kept"))
        #expect(found.outcome.errors.contains("\(folder.file("file/cache")): can't be written"))
        #expect(found.outcome.errors.split(separator: "\n").count == 1)
    }

    @Test func `is passed over where files may not become that large`() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "ulimit -f 24; exec \"$0\" \"$@\"", Command.program, "benchmark", "-m", Self.model, "--repeat", "1"]
        process.environment = ProcessInfo.processInfo.environment.merging(["NNUNET_CACHE": folder.file("cache")]) { $1 }
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, pipe)
        try process.run()
        let errors = try String(decoding: pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        #expect(errors.contains("File too large"), "\(errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("cache")).isEmpty)
    }
}
