public import Logging
import ServiceHost
import ServiceLifecycle
import Synchronization

/// A configured, checked daemon that waits to be run.
public struct Daemon: Sendable, CustomStringConvertible {
    private let path: String
    private let configuration: ServiceConfiguration
    private let check: ConfigurationCheck.Result
    private let factories: FactoryCache

    /// Reads and checks the configuration and opens every model.
    ///
    /// - Throws: `ConfigurationError` with all problems.
    public init(configurationPath: String) throws {
        path = configurationPath
        let (configuration, text) = try ConfigurationReader.read(path: configurationPath)
        self.configuration = configuration
        factories = FactoryCache()
        check = try ConfigurationCheck.run(
            configuration, text: text, path: configurationPath, factory: factories.factory(for: configuration))
    }

    /// For people: what the daemon would do.
    public var description: String {
        configuration.description(of: check).joined(separator: "\n")
    }

    /// Runs until SIGTERM or SIGINT.
    public func run(logger: Logger) async throws {
        let monitor = ProgressMonitor()
        let service = InboxService(
            path: path, configuration: configuration, check: check, makeFactory: { [factories] in factories.factory(for: $0) },
            recognizer: DICOMRecognizer(), monitor: monitor, logger: logger)
        var quiet = logger
        quiet.logLevel = .error
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: service, successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: Watchdog(monitor: monitor, logger: logger)),
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        try await group.run()
    }
}

/// Keeps the pool of loaded models over a reload as long as its size and threads stay the same.
final class FactoryCache: Sendable {
    private struct Entry {
        let memoryBudget: Int
        let threads: Int?
        let factory: ModelEngineFactory
    }
    private let entry = Mutex<Entry?>(nil)

    func factory(for configuration: ServiceConfiguration) -> ModelEngineFactory {
        entry.withLock { entry in
            if let entry, entry.memoryBudget == configuration.memoryBudget, entry.threads == configuration.threads { return entry.factory }
            let factory = ModelEngineFactory(memoryBudget: configuration.memoryBudget, threads: configuration.threads)
            entry = Entry(memoryBudget: configuration.memoryBudget, threads: configuration.threads, factory: factory)
            return factory
        }
    }
}
