import DICOM
import Foundation
import Glibc
package import Logging
import ServiceHost
import ServiceLifecycle
import Synchronization

/// A configured, checked daemon that waits to be run.
package struct Daemon: Sendable, CustomStringConvertible {
    private let path: String
    private let configuration: ServiceConfiguration
    private let check: ConfigurationCheck.Result
    private let factories: FactoryCache
    /// What intake reads of slices, for whoever converts them.
    private let headers = DICOMHeaders()
    private let logger: Logger
    /// Told every event; one more sink is one more here.
    private let events: any EventSink

    /// Reads and checks the configuration and opens every model.
    ///
    /// - `asInstalled`: whether to check ahead of a start what the installed unit and its user will meet; called by root, this makes the
    ///   process that user's for good.
    /// - Throws: `ConfigurationError` with all problems.
    package init(configurationPath: String, logger: Logger, asInstalled: Bool = false) throws {
        path = configurationPath
        self.logger = logger
        let events = EventSinks([EventLog(logger), StatusLine()])
        self.events = events
        let surroundings = asInstalled ? ServiceSurroundings.become() : nil
        let environment = ProcessInfo.processInfo.environment.merging(surroundings?.environment ?? [:]) { given, _ in given }
        let (configuration, text) = try ConfigurationReader.read(path: configurationPath, environment: environment)
        self.configuration = configuration
        factories = FactoryCache(headers) { events.record(.service(.cacheFailed), cause: $0) }
        check = try ConfigurationCheck.run(
            configuration, text: text, path: configurationPath, factory: factories.factory(for: configuration),
            surroundings: surroundings)
    }

    /// Leaves the service manager's word on how the service ended in the state directory; does nothing where no manager calls.
    package static func recordEnd(
        configurationPath: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        guard let end = EndRecord(environment: environment, time: JobDriver.now()) else { return }
        let managed = environment["STATE_DIRECTORY"]?.split(separator: ":").first.map(String.init)
        let configured: String?
        do throws(ConfigurationError) {
            configured = try ConfigurationReader.read(path: configurationPath, environment: environment).configuration.stateDirectory
        } catch {
            guard managed != nil else { throw error }
            configured = nil  // a service with a wrong configuration has ended before it could use another folder
        }
        guard let root = configured ?? managed else { return }
        try end.write(to: StateLayout(root: root).end)
    }

    /// For people: what the daemon would do.
    package var description: String {
        configuration.description(of: check).joined(separator: "\n")
    }

    /// Runs until SIGTERM or SIGINT.
    package func run() async throws {
        let monitor = ProgressMonitor()
        let service = InboxService(
            path: path, configuration: configuration, check: check, makeFactory: { [factories] in factories.factory(for: $0) },
            recognizer: DICOMRecognizer(headers: headers), monitor: monitor, events: events,
            leave: { _exit(EXIT_SUCCESS) })
        var quiet = logger
        quiet.logLevel = .error
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: service, successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(
                        service: Watchdog(monitor: monitor) { [events] overdue in
                            events.record(.service(.stalled), step: overdue.joined(separator: ", "))
                        }),
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        try await group.run()
    }
}

/// Keeps the pool of loaded models over a reload as long as its size, its threads and its cache stay the same.
final class FactoryCache: Sendable {
    private struct Entry {
        let configuration: ServiceConfiguration
        let factory: ModelEngineFactory
    }
    private let entry = Mutex<Entry?>(nil)
    private let headers: DICOMHeaders
    private let notice: @Sendable (String) -> Void

    init(_ headers: DICOMHeaders, notice: @escaping @Sendable (String) -> Void) {
        self.headers = headers
        self.notice = notice
    }

    func factory(for configuration: ServiceConfiguration) -> ModelEngineFactory {
        entry.withLock { entry in
            if let entry, entry.configuration.memoryBudget == configuration.memoryBudget,
                entry.configuration.threads == configuration.threads, entry.configuration.weightCache == configuration.weightCache
            {
                return entry.factory
            }
            let factory = ModelEngineFactory(configuration, headers: headers, notice: notice)
            entry = Entry(configuration: configuration, factory: factory)
            return factory
        }
    }
}
