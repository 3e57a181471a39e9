import Glibc
package import Logging

/// Writes log messages to standard error, one line each: time, level, message, fields.
package struct StandardErrorLogHandler: LogHandler {
    /// Metadata of every message.
    package var metadata: Logger.Metadata = [:]
    /// Less important messages are dropped.
    package var logLevel: Logger.Level = .info
    /// Asked for every message's metadata; not used here.
    package var metadataProvider: Logger.MetadataProvider?

    /// A handler.
    package init() {}

    /// One metadata value.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line with one call, so that lines of several threads don't mix.
    package func log(event: LogEvent) {
        let line = Array("\(Self.timestamp()) \(LogRecord(event, handler: metadata).line)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// Local time as `2026-11-23T12:34:56+0100`.
    private static func timestamp() -> String {
        var now = time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 40)
        let length = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%S%z", &parts)
        return String(decoding: text.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
