import Foundation
import GRDB
import InboxProcessing
import TestSupport
import Testing

/// The real program, ended in many ways.
@Suite(.serialized) struct `A daemon that ends` {
    private let phantom = PhantomBundle.path("cases/phantom_013_0000.nii.gz")

    /// The names in a folder, without the mark by which the daemon knows the folder again.
    private func contents(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0 != FolderRegister.markName }.sorted()
    }

    private func daemonWithCase(isSlow: Bool) throws -> DaemonProcess {
        let daemon = try DaemonProcess()
        try daemon.configure(isSlow: isSlow)
        try FileManager.default.copyItem(atPath: phantom, toPath: daemon.folder.file("in/phantom_013_0000.nii.gz"))
        return daemon
    }

    /// Starts the daemon and ends it while it predicts.
    private func die(_ daemon: DaemonProcess, by signal: Int32) throws {
        let starts = daemon.startCount
        try daemon.start()
        #expect(daemon.wait { daemon.startCount > starts && daemon.isPredicting || !daemon.isRunning }, "\(daemon.log)")
        daemon.signal(signal)
        _ = daemon.wait()
    }

    @Test func `three times by a crash in one case's step refuses that case and says why`() throws {
        let daemon = try daemonWithCase(isSlow: true)
        for _ in 1...3 { try die(daemon, by: SIGSEGV) }
        try daemon.start()
        #expect(daemon.wait { contents(daemon.folder.file("state/quarantine")) == ["phantom_013"] }, "\(daemon.log)")
        let record = try String(contentsOfFile: daemon.folder.file("state/quarantine/phantom_013/error.json"), encoding: .utf8)
        #expect(record.contains("ended the service 3 times: it crashed (SIGSEGV)"))
        #expect(contents(daemon.folder.file("out")).isEmpty)
    }

    @Test func `four times by a kill from outside costs the case nothing`() throws {
        let daemon = try daemonWithCase(isSlow: true)
        for _ in 1...4 { try die(daemon, by: SIGKILL) }
        try daemon.configure()
        try daemon.start()
        #expect(daemon.wait { contents(daemon.folder.file("out")) == ["phantom_013"] }, "\(daemon.log)")
    }

    @Test func `holds it against the case when the service manager says that it was the memory killer`() throws {
        let daemon = try daemonWithCase(isSlow: true)
        try die(daemon, by: SIGKILL)
        try daemon.start(
            ["--record-end"], environment: ["SERVICE_RESULT": "oom-kill", "EXIT_CODE": "killed", "EXIT_STATUS": "KILL"])
        #expect(daemon.wait() == 0)
        try daemon.start()
        #expect(
            daemon.wait { daemon.log.contains("the memory killer ended the service. That counts against it (1 of 3)") }, "\(daemon.log)")
    }

    @Test func `with its ledger deleted publishes the case once all the same`() throws {
        let daemon = try daemonWithCase(isSlow: true)
        try die(daemon, by: SIGKILL)
        for name in contents(daemon.folder.file("state")) where name.hasPrefix("journal.sqlite") {
            try FileManager.default.removeItem(atPath: daemon.folder.file("state/" + name))
        }
        try daemon.configure()
        try daemon.start()
        #expect(daemon.wait { daemon.states.last == "done" }, "\(daemon.log)")
        #expect(contents(daemon.folder.file("out")) == ["phantom_013"])
        #expect(contents(daemon.folder.file("state/processed/phantom")) == ["phantom_013"])
        #expect(daemon.log.contains("The ledger was made anew from the folders: 1 case(s) at work"))
    }

    @Test func `with status 78 does not touch the ledger of a newer version`() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        #expect(daemon.wait { daemon.log.contains("Started") }, "\(daemon.log)")
        daemon.signal(SIGTERM)
        #expect(daemon.wait() == 0)
        try DatabaseQueue(path: daemon.folder.file("state/journal.sqlite")).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('of the future')")
        }
        try daemon.start()
        #expect(daemon.wait() == 78)
        #expect(daemon.log.contains("a newer version of this software wrote this ledger"), "\(daemon.log)")
    }

    @Test func `does so within two seconds while it converts a large case, and blames nobody`() throws {
        let daemon = try DaemonProcess()
        try makeLargeImage(at: daemon.folder.file("large.nii"))
        try FileManager.default.moveItem(atPath: daemon.folder.file("large.nii"), toPath: daemon.folder.file("in/large.nii"))
        try daemon.start()
        #expect(daemon.wait { daemon.states.last == "released" }, "\(daemon.log)")
        let start = ContinuousClock.now
        daemon.signal(SIGTERM)
        #expect(daemon.wait() == 0)
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(daemon.states.last == "released", "the conversion was over too soon to be interrupted")
        #expect(daemon.log.contains("is parked"), "\(daemon.log)")
    }

    /// 160 MiB that compress badly.
    private func makeLargeImage(at path: String) throws {
        var header = Data(count: 352)
        func put<Value>(_ value: Value, at offset: Int) {
            withUnsafeBytes(of: value) { header.replaceSubrange(offset..<offset + $0.count, with: $0) }
        }
        put(Int32(348), at: 0)
        for (index, size) in [3, 512, 512, 320, 1, 1, 1, 1].enumerated() { put(Int16(size), at: 40 + 2 * index) }
        put(Int16(4), at: 70)
        put(Int16(16), at: 72)
        for index in 0..<8 { put(Float(1), at: 76 + 4 * index) }
        put(Float(352), at: 108)
        put(Int16(1), at: 252)
        header.replaceSubrange(344..<348, with: Data("n+1\0".utf8))
        var generator = SystemRandomNumberGenerator()
        let noise = Data((0..<1 << 17).flatMap { _ in withUnsafeBytes(of: generator.next() as UInt64) { Array($0) } })
        _ = FileManager.default.createFile(atPath: path, contents: header)
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        defer { try? file.close() }
        try file.seekToEnd()
        for _ in 0..<160 { try file.write(contentsOf: noise) }
    }

    @Test func `and starts again refuses to mix a model that has changed meanwhile, until it is reloaded`() throws {
        let daemon = try DaemonProcess()
        let model = daemon.folder.file("model")
        try FileManager.default.copyItem(atPath: PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d"), toPath: model)
        try daemon.configure(model: model)
        try daemon.start()
        #expect(daemon.wait { daemon.log.contains("Started") }, "\(daemon.log)")
        let plans = try Data(contentsOf: URL(filePath: model + "/plans.json"))
        try plans.write(to: URL(filePath: model + "/plans.json.new"))
        #expect(rename(model + "/plans.json.new", model + "/plans.json") == 0)
        try FileManager.default.copyItem(atPath: phantom, toPath: daemon.folder.file("in/phantom_013_0000.nii.gz"))
        #expect(daemon.wait { daemon.log.contains("model/plans.json") && daemon.log.contains("systemctl reload") }, "\(daemon.log)")
        #expect(contents(daemon.folder.file("out")).isEmpty)
        daemon.signal(SIGHUP)
        #expect(daemon.wait { contents(daemon.folder.file("out")) == ["phantom_013"] }, "\(daemon.log)")
        let report = try String(contentsOfFile: daemon.folder.file("out/phantom_013/phantom_013.json"), encoding: .utf8)
        #expect(try report.contains(Regex("\"plans_sha256\" ?: ?\"[0-9a-f]{64}\"")))
    }
}
