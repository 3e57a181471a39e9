import Foundation
import InboxProcessing
import Logging
import Synchronization
import TestSupport
import Testing

struct `What the service says` {
    /// Keeps what is logged.
    private final class Lines: Sendable {
        let list = Mutex<[String]>([])
        var count: Int { list.withLock { $0.count } }
        var last: String { list.withLock { $0.last ?? "" } }
    }

    private struct Recorder: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.list.withLock { $0.append("\(event.message)") }
        }
    }

    @Test func `of a case that waits is said once, again when the reason changes, and again every hour with count and start`() throws {
        let site = try Site()
        try site.drop("a.nii.gz")
        let job = try #require(try site.admit().first)
        let lines = Lines()
        let offset = Mutex(Duration.zero)
        let start = ContinuousClock.now
        let log = EventLog(Logger(label: "test") { _ in Recorder(lines: lines) }, now: { offset.withLock { start + $0 } })
        func wait(_ reason: String, tries: Int) {
            let since = Date(timeIntervalSince1970: 0)
            log.record(.trouble(.waits(pause: 5, tries: tries, since: since)), of: job, step: "export", cause: reason)
        }
        for tries in 1...9 { wait("the outbox is full", tries: tries) }
        #expect(lines.count == 1)
        wait("the outbox is away", tries: 10)
        #expect(lines.count == 2)
        offset.withLock { $0 = .seconds(3601) }
        wait("the outbox is away", tries: 22)
        #expect(lines.count == 3)
        #expect(lines.last.contains("the outbox is away (22 tries since 1970-01-01T00:00:00Z)"))
    }
}
