package import Ledger
package import Logging
import Synchronization

/// A logger that takes nothing but `LogText` and metadata that can't hold a name; names show only where the site asks for them.
package struct NamelessLog: Sendable {
    private let logger: Logger
    private let policy = Policy()

    /// Whether names are shown, and where strangers name things.
    private final class Policy: Sendable {
        let value = Mutex((showsNames: false, places: NameRedactor.Places()))
    }

    /// What a message is about.
    package struct Subject: Sendable {
        /// The case's id.
        package var caseID: String?
        /// What the case is called.
        package var name: String?
        package var route: String?
        package var step: String?
        package var seconds: Double?
        /// All names that free parts of the text may hold.
        package var names: [String] = []

        /// A job, and what its files are and were called.
        package static func job(_ job: Job, step: String? = nil, seconds: Double? = nil) -> Subject {
            Subject(
                caseID: job.id, name: job.shownName, route: job.route, step: step, seconds: seconds, names: job.names + [job.name])
        }
    }

    package init(_ logger: Logger) { self.logger = logger }

    /// A configuration comes into force.
    package func adopt(_ configuration: ServiceConfiguration) {
        policy.value.withLock { $0 = (configuration.logsNames, NameRedactor.Places(configuration)) }
    }

    /// What a case is called: its id, with its name where names are shown.
    package func title(_ id: String, name: String) -> String {
        policy.value.withLock { $0.showsNames } ? "\(id) (\(name))" : id
    }

    /// A text as it may be shown outside a case's folders.
    ///
    /// - names: those that its free parts may hold.
    package func shown(_ text: LogText, names: [String] = []) -> String {
        let (showsNames, places) = policy.value.withLock { $0 }
        return text.shown(showsNames ? nil : NameRedactor(names: text.isFree ? names : [], places: places))
    }

    /// Says something.
    ///
    /// - id: of the message in the journal's catalogue.
    package func say(_ level: Logger.Level, _ text: LogText, about subject: Subject = Subject(), id: String? = nil) {
        var metadata: Logger.Metadata = [:]
        if let caseID = subject.caseID { metadata["case"] = "\(caseID)" }
        if let route = subject.route { metadata["route"] = "\(route)" }
        if let step = subject.step { metadata["step"] = "\(step)" }
        if let seconds = subject.seconds { metadata["seconds"] = "\((seconds * 1000).rounded() / 1000)" }
        if let id { metadata["message_id"] = "\(id)" }
        if let name = subject.name, policy.value.withLock({ $0.showsNames }) { metadata["name"] = "\(name)" }
        logger.log(level: level, "\(shown(text, names: subject.names))", metadata: metadata)
    }
}
