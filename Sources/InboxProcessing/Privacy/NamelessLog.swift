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

    package init(_ logger: Logger) { self.logger = logger }

    /// A configuration comes into force.
    package func adopt(_ configuration: ServiceConfiguration) {
        policy.value.withLock { $0 = (configuration.logsNames, NameRedactor.Places(configuration)) }
    }

    /// What an event's case is called.
    package func title(of event: ServiceEvent) -> String {
        event.about?.title(showsName: policy.value.withLock { $0.showsNames }) ?? ""
    }

    /// Says something about an event, with its case, route and step as fields.
    ///
    /// - `seconds`: the field of this name.
    /// - `id`: of the message in the journal's catalogue.
    package func say(_ level: Logger.Level, _ text: LogText, about event: ServiceEvent, seconds: Double? = nil, id: String? = nil) {
        let (showsNames, places) = policy.value.withLock { $0 }
        var metadata: Logger.Metadata = [:]
        if let about = event.about { metadata["case"] = "\(about.id)" }
        if let route = event.route { metadata["route"] = "\(route)" }
        if let step = event.step { metadata["step"] = "\(step)" }
        if let seconds { metadata["seconds"] = "\((seconds * 1000).rounded() / 1000)" }
        if let id { metadata["message_id"] = "\(id)" }
        if let about = event.about, showsNames { metadata["name"] = "\(about.name)" }
        let redactor = showsNames ? nil : NameRedactor(names: text.isFree ? event.names : [], places: places)
        logger.log(level: level, "\(text.shown(redactor))", metadata: metadata)
    }
}
