package import Logging
import Synchronization

/// The log: the sink that puts events into sentences for the journal or standard error, each thing once.
///
/// The log is read by more people than the cases are: it calls a case by its id, and names show only where the site asks for them
/// (`log_names`).
package struct EventLog: EventSink {
    /// What the log says of an event.
    struct Entry {
        let level: Logger.Level
        let text: LogText
        /// Of the message in the journal's catalogue.
        var id: String?
        /// What is logged as its duration in place of the event's, s.
        var seconds: Double?
        /// What lasts is said when its words are new, and again once an hour.
        var lasting: (key: String, words: String)?

        init(_ level: Logger.Level, _ text: LogText, id: String? = nil) {
            self.level = level
            self.text = text
            self.id = id
        }
    }

    /// What was said already, so that a condition that lasts isn't repeated.
    private final class Said: Sendable {
        let keys = Mutex<[String: (words: String, at: ContinuousClock.Instant)]>([:])
    }

    private let log: NamelessLog
    private let said = Said()
    private let now: @Sendable () -> ContinuousClock.Instant

    /// - `now`: the time, for what is said again.
    package init(_ logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        log = NamelessLog(logger)
        self.now = now
    }

    package func record(_ event: ServiceEvent) {
        if case .service(.configured(let configuration)) = event.kind { log.adopt(configuration) }
        if let key = key(endedBy: event), !forget(key) { return }
        guard let entry = entry(for: event), isDue(entry) else { return }
        log.say(entry.level, entry.text, about: event, seconds: entry.seconds ?? event.seconds, id: entry.id)
    }

    private func entry(for event: ServiceEvent) -> Entry? {
        switch event.kind {
        case .way(let way): entry(for: way, event)
        case .trouble(let trouble): entry(for: trouble, event)
        case .inbox(let inbox): entry(for: inbox, event)
        case .records(let records): entry(for: records, event)
        case .service(let life): entry(for: life, event)
        }
    }

    /// What an event's case is called in the log.
    func title(of event: ServiceEvent) -> String { log.title(of: event) }

    /// The lasting condition that an event says is over.
    private func key(endedBy event: ServiceEvent) -> String? {
        switch event.kind {
        case .way(.over): Self.waitKey(event)
        case .records(.works): Self.ledgerKey
        case .inbox(.available): Self.inboxKey(event)
        case .inbox(.placesAvailable): Self.placesKey(event)
        default: nil
        }
    }

    static func waitKey(_ event: ServiceEvent) -> String { "wait " + (event.about?.id ?? "") }
    static func inboxKey(_ event: ServiceEvent) -> String { "inbox " + (event.route ?? "") }
    static func placesKey(_ event: ServiceEvent) -> String { "places " + (event.route ?? "") }
    static let ledgerKey = "ledger"

    /// Whether an entry is new, or of something that lasts and was last said an hour ago.
    private func isDue(_ entry: Entry) -> Bool {
        guard let (key, words) = entry.lasting else { return true }
        let now = now()
        return said.keys.withLock { said in
            if said.count > 10_000 { said = [:] }
            if let last = said[key], last.words == words, now - last.at < Self.reminder { return false }
            said[key] = (words, now)
            return true
        }
    }

    /// What lasts is said again after this time.
    private static let reminder: Duration = .seconds(3600)

    private func forget(_ key: String) -> Bool {
        said.keys.withLock { $0.removeValue(forKey: key) != nil }
    }
}

extension EventLog.Entry {
    /// Said when the words are new, and again once an hour.
    func lasting(_ key: String, _ words: String) -> Self {
        var entry = self
        entry.lasting = (key, words)
        return entry
    }

    /// With another duration than the event's, s.
    func taking(_ seconds: Double) -> Self {
        var entry = self
        entry.seconds = seconds
        return entry
    }
}
