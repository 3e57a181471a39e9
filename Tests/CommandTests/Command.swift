import Foundation
import TestSupport
import Testing

/// Runs the real program `nnunet`, the one that was built beside these tests.
enum Command {
    /// How a run ended and what it printed.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The program's path.
    static let program: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "nnunet").path
    }()

    /// Runs a command to its end.
    ///
    /// - `name`: The name it is called by, through a symbolic link; nil for its own.
    /// - `environment`: Added to an environment without nnU-Net's variables and without a cache of weights.
    /// - `current`: The folder that relative paths start from; nil for the tests' own.
    static func run(
        _ arguments: [String], as name: String? = nil, environment: [String: String] = [:], in current: String? = nil
    ) throws -> Outcome {
        let folder = try TemporaryFolder()
        let (output, errors) = (folder.file("output"), folder.file("errors"))
        for path in [output, errors] { try Data().write(to: URL(filePath: path)) }
        let process = try process(arguments, as: name, environment: environment, folder: folder)
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
        if let current { process.currentDirectoryURL = URL(filePath: current) }
        try process.run()
        process.waitUntilExit()
        return try Outcome(
            status: process.terminationStatus, output: String(contentsOfFile: output, encoding: .utf8),
            errors: String(contentsOfFile: errors, encoding: .utf8))
    }

    private static func process(
        _ arguments: [String], as name: String?, environment: [String: String], folder: TemporaryFolder
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: program)
        if let name {
            let link = folder.file(name)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: program)
            process.executableURL = URL(filePath: link)
        }
        process.arguments = arguments
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("nnUNet_") }
        process.environment = inherited.merging(["NNUNET_CACHE": ""]) { $1 }.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        return process
    }
}
