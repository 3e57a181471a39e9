package import Logging

/// One log message with the fields both handlers write.
///
/// Metadata `message_id` becomes the journal's `MESSAGE_ID`; every other key becomes `NNUNETD_<KEY>`, so `case` is `NNUNETD_CASE`.
package struct LogRecord {
    package let level: Logger.Level
    package let message: String
    /// Field name and value, sorted by name.
    package let fields: [(name: String, value: String)]

    package init(_ event: LogEvent, handler: Logger.Metadata) {
        level = event.level
        message = event.message.description
        var merged = handler
        if let own = event.metadata { merged.merge(own) { $1 } }
        if let error = event.error { merged["error"] = "\(error)" }
        fields = merged.map { (Self.fieldName($0.key), $0.value.description) }.sorted { $0.0 < $1.0 }
    }

    /// A name the journal accepts: capitals, digits and underscores, at most 64 bytes.
    static func fieldName(_ key: String) -> String {
        let name = key.uppercased().map { character in
            character.isASCII && (character.isLetter || character.isNumber) ? character : "_"
        }
        let text = String(name)
        return text == "MESSAGE_ID" ? text : String(("NNUNETD_" + text).prefix(64))
    }

    /// syslog's priority.
    package var priority: Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    /// The same on one line: level, message, fields; control characters escaped so that a name can't forge a line.
    package var line: String {
        let shown = fields.filter { $0.name != "MESSAGE_ID" }
        let tail = shown.map { "\($0.name.dropFirst("NNUNETD_".count).lowercased())=\(Self.escaped($0.value))" }.joined(separator: " ")
        return "\(level): \(Self.escaped(message))" + (tail.isEmpty ? "" : " [\(tail)]")
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: result += scalar.escaped(asASCII: true)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
