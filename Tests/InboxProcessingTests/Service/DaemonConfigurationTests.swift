import Foundation
import ServiceHost
import TestSupport
import Testing

/// The real program and what operators write.
@Suite(.serialized) struct `The daemon's configuration` {
    static let isRoot = geteuid() == 0

    private func end(of daemon: DaemonProcess, _ text: String) throws -> Int32 {
        try Data(text.utf8).write(to: URL(filePath: daemon.configuration))
        try daemon.start()
        return daemon.wait()
    }

    @Test(arguments: ["[.x]\n", "[[.]]\n", "a = " + String(repeating: "[", count: 200_000), String(repeating: "a.", count: 200_000)])
    func `ends a start with status 78 where it is no TOML`(text: String) throws {
        let daemon = try DaemonProcess()
        #expect(try end(of: daemon, text) == EX_CONFIG)
        #expect(daemon.log.contains("\(daemon.configuration): line 1: "), "\(daemon.log)")
    }

    @Test func `stays as it was where the one of a reload is no TOML`() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        #expect(daemon.wait { daemon.startCount == 1 || !daemon.isRunning }, "\(daemon.log)")
        try Data("[.x]".utf8).write(to: URL(filePath: daemon.configuration))
        daemon.signal(SIGHUP)
        #expect(daemon.wait { daemon.log.contains("the old one stays in force") || !daemon.isRunning }, "\(daemon.log)")
        #expect(daemon.isRunning)
        daemon.signal(SIGTERM)
        #expect(daemon.wait() == 0)
    }

    /// The environment is the child's alone.
    private func check(_ daemon: DaemonProcess, unit: String) throws -> Int32 {
        let folder = daemon.folder.file("units")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("[Service]\n\(unit)\n".utf8).write(to: URL(filePath: folder + "/nnunetd.service"))
        try daemon.start(["--check"], environment: ["SYSTEMD_UNIT_PATH": folder])
        return daemon.wait()
    }

    @Test(.enabled(if: isRoot, "needs root, to become another user")) func `is checked as the unit's user`() throws {
        let daemon = try DaemonProcess()
        for path in [daemon.folder.path, daemon.folder.file("in"), daemon.folder.file("state")] {
            #expect(chmod(path, 0o777) == 0)
        }
        #expect(chmod(daemon.folder.file("out"), 0o755) == 0)
        #expect(try check(daemon, unit: "User=nobody") == EX_CONFIG)
        #expect(daemon.log.contains("Checked as nobody, the user of \(daemon.folder.file("units"))/nnunetd.service."), "\(daemon.log)")
        #expect(daemon.log.contains("routes[0].outbox: \(daemon.folder.file("out")) can't be read and written by nobody"), "\(daemon.log)")
        #expect(daemon.log.contains("sudo install -d -o nobody -g nogroup -m 2750 \(daemon.folder.file("out"))"), "\(daemon.log)")
    }

    @Test func `is checked within the unit's sandbox`() throws {
        let daemon = try DaemonProcess()
        let user = try #require(ServiceAccount.current?.user)
        let strict = "User=\(user)\nProtectSystem=strict\n"
        #expect(try check(daemon, unit: strict + "ReadWritePaths=\(daemon.folder.path)") == 0, "\(daemon.log)")
        #expect(try check(daemon, unit: strict) == EX_CONFIG)
        #expect(daemon.log.contains("ReadWritePaths=\(daemon.folder.file("in"))"), "\(daemon.log)")
    }
}
