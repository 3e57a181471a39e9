import Foundation
import Logging
import ServiceHost
import Testing

struct `A log record` {
    private func record(_ message: Logger.Message, _ metadata: Logger.Metadata = [:]) -> LogRecord {
        LogRecord(
            LogEvent(level: .notice, message: message, metadata: metadata, source: nil, file: "", function: "", line: 1),
            handler: ["case": "a"])
    }

    @Test func `names its fields as the journal wants them`() {
        let fields = record("m", ["route": "liver", "message_id": "00ff", "ä-x": "1"]).fields
        #expect(fields.map(\.name) == ["MESSAGE_ID", "NNUNETD_CASE", "NNUNETD_ROUTE", "NNUNETD___X"])
    }

    @Test func `can't forge a second line`() {
        let line = record("name\n2026 critical: forged", ["file": "a\u{1B}[31m\nb"]).line
        #expect(!line.contains("\n"))
        #expect(!line.contains("\u{1B}"))
        #expect(line.hasPrefix("notice: name\\n2026"))
    }

    @Test func `has syslog's priorities`() {
        #expect(record("m").priority == 5)
    }

    @Test func `goes to standard error where that is no journal`() {
        #expect(!ServiceLogging.standardErrorIsJournal())
        #expect(ServiceLogging.makeHandler(identifier: "x") is StandardErrorLogHandler)
    }

    @Test func `has an identifier of its own for each explained message`() {
        let all = [
            MessageID.started, MessageID.stopping, MessageID.admitted, MessageID.published, MessageID.quarantined, MessageID.waiting,
            MessageID.reloaded, MessageID.reloadRefused, MessageID.ignored, MessageID.inboxUnavailable, MessageID.stalled,
            MessageID.incomplete,
        ]
        #expect(Set(all).count == all.count)
        #expect(all.allSatisfy { $0.utf8.count == 32 })
    }
}
