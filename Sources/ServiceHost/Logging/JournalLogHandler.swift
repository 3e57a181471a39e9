import CSystemd
import Glibc
package import Logging

/// Writes log messages to journald's own socket, every metadata value as a field of its own.
package struct JournalLogHandler: LogHandler {
    /// Metadata of every message.
    package var metadata: Logger.Metadata = [:]
    /// Less important messages are dropped.
    package var logLevel: Logger.Level = .info
    /// Asked for every message's metadata; not used here.
    package var metadataProvider: Logger.MetadataProvider?
    private let identifier: String

    /// A handler whose messages carry the given `SYSLOG_IDENTIFIER`.
    package init(identifier: String) {
        self.identifier = identifier
    }

    /// One metadata value.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Sends one message.
    package func log(event: LogEvent) {
        let record = LogRecord(event, handler: metadata)
        Self.send(
            [("MESSAGE", record.message), ("PRIORITY", String(record.priority)), ("SYSLOG_IDENTIFIER", identifier)] + record.fields)
    }

    private static func send(_ fields: [(name: String, value: String)]) {
        let buffers = fields.map { field in
            let bytes = Array("\(field.name)=\(field.value)".utf8)
            let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)  // iovec wants addresses that outlive the array
            _ = buffer.initialize(from: bytes)
            return buffer
        }
        defer { for buffer in buffers { buffer.deallocate() } }
        let vectors = buffers.map { iovec(iov_base: $0.baseAddress, iov_len: $0.count) }
        _ = sd_journal_sendv(vectors, Int32(vectors.count))
    }
}
