import Foundation
import ServiceHost
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

struct `The watchdog` {
    @Test func `is overdue when an activity does not advance in time`() {
        let monitor = ProgressMonitor()
        monitor.begin("case", within: .seconds(60))
        #expect(monitor.overdue().isEmpty)
        #expect(monitor.overdue(at: .now + .seconds(61)) == ["case"])
        monitor.end("case")
        #expect(monitor.overdue(at: .now + .seconds(61)).isEmpty)
    }

    @Test func `expects nothing of an activity that was not begun`() {
        let monitor = ProgressMonitor()
        monitor.advance("case")
        #expect(monitor.overdue(at: .now + .seconds(1000)).isEmpty)
    }

    @Test func `is fed while work gets on and starves when it does not`() async throws {
        let fed = Counter()
        let monitor = ProgressMonitor()
        let starved = Counter()
        let watchdog = Watchdog(monitor: monitor, timeout: .milliseconds(60)) {
            fed.add()
        } stalled: { activities in
            if activities == ["case"] { starved.add() }
        }
        let task = Task { try await watchdog.run() }
        while fed.value < 3 { try await Task.sleep(for: .milliseconds(5)) }
        monitor.begin("case", within: .zero)
        try await Task.sleep(for: .milliseconds(100))
        let before = fed.value
        try await Task.sleep(for: .milliseconds(200))
        #expect(fed.value == before)
        #expect(starved.value > 0)
        task.cancel()
        try? await task.value
    }

    final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }
}

/// The notification socket is named by an environment variable of the whole process.
@Suite(.serialized) struct `The service manager` {
    @Test func `is told of readiness, status and reloading`() throws {
        let folder = try TemporaryFolder()
        let socket = try NotificationSocket(path: folder.file("s"))
        setenv("NOTIFY_SOCKET", folder.file("s"), 1)
        defer { unsetenv("NOTIFY_SOCKET") }
        ServiceManager.ready()
        #expect(socket.receive() == "READY=1")
        ServiceManager.status("two\nlines")
        #expect(socket.receive() == "STATUS=two lines")
        ServiceManager.reloading()
        let text = socket.receive()
        #expect(text.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        let time = Int(text.split(separator: "=").last ?? "") ?? 0
        #expect(time > 1_000_000)
    }
}

/// What systemd listens on.
final class NotificationSocket: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        try #require(bound == 0)
    }

    deinit { close(descriptor) }

    func receive() -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}
