import Foundation
import GRDB
import TestSupport

/// The real daemon as a child process, with the bundled 2D model, unmirrored, tiles side by side: the fastest real case.
final class DaemonProcess {
    let folder: TemporaryFolder
    /// Added to the environment of each start.
    var environment: [String: String] = [:]
    private var process: Process?

    init() throws {
        folder = try TemporaryFolder()
        for name in ["in", "out", "state"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
        try configure()
    }

    deinit { kill() }

    var configuration: String { folder.file("nnunetd.toml") }

    /// Writes the configuration.
    ///
    /// - `top`: further lines.
    /// - `options`: further lines of the route.
    /// - `isSlow`: whether a prediction takes seconds.
    func configure(
        settle: Double = 0.5, route: String = "phantom", cache: String = "cache", top: String = "",
        model: String = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d"), options: String = "", isSlow: Bool = false
    ) throws {
        let text = """
            version = 1
            state_directory = "\(folder.file("state"))"
            settle_seconds = \(settle)
            threads = 2
            cache_directory = "\(folder.file(cache))"
            \(top)
            [[routes]]
            name = "\(route)"
            inbox = "\(folder.file("in"))"
            outbox = "\(folder.file("out"))"
            mirroring = \(isSlow)
            step_size = \(isSlow ? 0.1 : 1.0)
            \(options)
            [[routes.models]]
            folder = "\(model)"
            """
        try Data(text.utf8).write(to: URL(filePath: configuration))
    }

    /// Appends a route with the same model, inbox `in-<name>` and outbox `out-<name>`.
    func addRoute(_ name: String) throws {
        for kind in ["in", "out"] {
            try FileManager.default.createDirectory(atPath: folder.file("\(kind)-\(name)"), withIntermediateDirectories: true)
        }
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        let route = text[(text.range(of: "[[routes]]")?.lowerBound ?? text.startIndex)...]
            .replacing("\"phantom\"", with: "\"\(name)\"").replacing("/in\"", with: "/in-\(name)\"")
            .replacing("/out\"", with: "/out-\(name)\"")
        try Data((text + "\n" + route).utf8).write(to: URL(filePath: configuration))
    }

    /// Starts it with the given arguments; its log goes to `log`.
    func start(_ arguments: [String] = [], environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = URL(filePath: Self.executable)
        process.arguments = ["--config", configuration] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(self.environment.merging(environment) { $1 }) { $1 }
        if !FileManager.default.fileExists(atPath: folder.file("log")) {
            _ = FileManager.default.createFile(atPath: folder.file("log"), contents: nil)
        }
        let log = try FileHandle(forWritingTo: URL(filePath: folder.file("log")))
        try log.seekToEnd()
        process.standardError = log
        process.standardOutput = log
        try process.run()
        self.process = process
    }

    /// SIGKILL.
    func kill() {
        guard let process, process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func signal(_ number: Int32) {
        if let process { Foundation.kill(process.processIdentifier, number) }
    }

    /// The exit status, after it has ended by itself.
    func wait() -> Int32 {
        process?.waitUntilExit()
        return process?.terminationStatus ?? -1
    }

    var isRunning: Bool { process?.isRunning ?? false }
    var log: String { (try? String(contentsOfFile: folder.file("log"), encoding: .utf8)) ?? "" }

    /// How often it got as far as watching its inboxes.
    var startCount: Int { log.components(separatedBy: "notice: Started").count - 1 }

    /// The states the only case has reached.
    var states: [String] { ledger("SELECT state FROM arrow ORDER BY rowid") }

    /// Whether a case is being predicted.
    var isPredicting: Bool { !ledger("SELECT id FROM job WHERE state = 'converted' AND begun IS NOT NULL").isEmpty }

    private func ledger(_ query: String) -> [String] {
        guard FileManager.default.fileExists(atPath: folder.file("state/journal.sqlite")) else { return [] }
        var configuration = Configuration()
        configuration.readonly = true
        let found = try? DatabaseQueue(path: folder.file("state/journal.sqlite"), configuration: configuration).read {
            try String.fetchAll($0, sql: query)
        }
        return found ?? []
    }

    /// Waits for a condition, at most a minute.
    func wait(until condition: () -> Bool) -> Bool {
        for _ in 0..<6000 {
            if condition() { return true }
            usleep(10_000)
        }
        return false
    }

    /// The program, while it runs.
    var path: String? { process?.executableURL?.path }

    /// Built beside the test bundle.
    private static var executable: String {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "nnunetd").path
    }
}
