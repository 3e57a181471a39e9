import Glibc
package import Logging

/// Where a service's log goes.
package enum ServiceLogging {
    /// The journal when standard error is connected to it (systemd then sets `JOURNAL_STREAM`), else standard error itself.
    ///
    /// A person who starts the service in a terminal sees its log there, also on a machine that runs journald.
    package static func makeHandler(identifier: String, level: Logger.Level = .info) -> any LogHandler {
        if standardErrorIsJournal() {
            var handler = JournalLogHandler(identifier: identifier)
            handler.logLevel = level
            return handler
        }
        var handler = StandardErrorLogHandler()
        handler.logLevel = level
        return handler
    }

    /// systemd.exec(5): `JOURNAL_STREAM` holds device and inode of the stream; a redirected standard error has others.
    package static func standardErrorIsJournal() -> Bool {
        guard let stream = getenv("JOURNAL_STREAM").map({ String(cString: $0) }) else { return false }
        let parts = stream.split(separator: ":").compactMap { UInt64($0) }
        var facts = stat()
        guard parts.count == 2, fstat(STDERR_FILENO, &facts) == 0 else { return false }
        return UInt64(facts.st_dev) == parts[0] && UInt64(facts.st_ino) == parts[1]
    }
}
