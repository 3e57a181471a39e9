import Dispatch
import Files
import Ledger
package import ServiceHost
import ServiceLifecycle
import Synchronization
import TOML

/// The daemon: watches the inboxes, works off the ledger, reads its configuration anew on request, and ends in good order.
package final class InboxService: Service {
    /// Makes the engines for a configuration.
    package typealias FactoryMaker = @Sendable (ServiceConfiguration) -> any EngineFactory

    private struct State {
        var configuration: ServiceConfiguration
        var contexts: [String: RouteContext]
    }
    private let state: Mutex<State>
    private let path: String
    private let makeFactory: FactoryMaker
    private let recognizer: any SeriesRecognizing
    private let monitor: ProgressMonitor
    private let events: any EventSink
    private let leave: @Sendable () -> Void
    private let folders: FolderRegister

    /// - `path`: the configuration file, read again on SIGHUP.
    /// - `check`: the result of checking the configuration.
    /// - `leave`: ends the process at once, when the orderly end takes too long.
    package init(
        path: String, configuration: ServiceConfiguration, check: ConfigurationCheck.Result, makeFactory: @escaping FactoryMaker,
        recognizer: any SeriesRecognizing, monitor: ProgressMonitor, events: any EventSink, leave: @escaping @Sendable () -> Void
    ) {
        self.path = path
        self.leave = leave
        self.makeFactory = makeFactory
        self.recognizer = recognizer
        self.monitor = monitor
        self.events = events
        folders = FolderRegister(stateDirectory: configuration.stateDirectory) { events.record(.inbox(.replaced), cause: $0) }
        state = Mutex(State(configuration: configuration, contexts: Self.contexts(configuration, check, folders)))
        adopt(configuration, check)
    }

    /// A configuration comes into force.
    private func adopt(_ configuration: ServiceConfiguration, _ check: ConfigurationCheck.Result) {
        events.record(.service(.configured(configuration)))
        for warning in check.warnings { events.record(.service(.configurationWarned), cause: warning) }
    }

    /// Runs until it is told to end.
    package func run() async throws {
        let ledgerPath = StateLayout(root: state.withLock { $0.configuration.stateDirectory }).ledger
        do {
            try await serve()
        } catch let failure as ServiceFailure {
            throw failure
        } catch let problem as Problem where problem == .newerVersion(ledger: ledgerPath) {
            throw problem  // holds no dropped names, and the process ends with another status
        } catch {
            let reason: LogText = "\(free: "\(error)")"
            throw ServiceFailure.stopped(reason: reason.shown(under: state.withLock { $0.configuration }))
        }
    }

    private func serve() async throws {
        OpenFileProbe.ignoreStraySignals()
        let layout = StateLayout(root: state.withLock { $0.configuration.stateDirectory })
        try layout.prepare()
        guard let lock = try FolderLock(path: layout.lock) else { throw ServiceFailure.stateInUse(layout.root) }
        defer { withExtendedLifetime(lock) {} }
        let outboxes = state.withLock { $0.configuration.routes.map { (route: $0.name, path: $0.outbox) } }
        let ledger = try LedgerRecovery(layout: layout, outboxes: outboxes, events: events).open(at: JobDriver.now())
        try DeathJudge(ledger: ledger, events: events).judge(evidence(layout), at: JobDriver.now())
        let driver = JobDriver(ledger: ledger, steps: JobSteps(layout: layout), events: events)
        let runner = JobRunner(driver: driver, monitor: monitor) { [self] route in state.withLock { $0.contexts[route] } }
        let watches = RouteWatches(driver: driver, recognizer: recognizer) { runner.wake() }
        let hangups = HangupSignals { await self.reload(runner, watches) }
        try await ServiceGroup(services: [watches, runner, hangups, Attendance(service: self, runner: runner, watches: watches)]).run()
    }

    /// Begins when the others run, and ends first.
    ///
    /// The group tells its services one after another that they are to end. What may take long is told so here, at once.
    private struct Attendance: Service {
        let service: InboxService
        let runner: JobRunner
        let watches: RouteWatches

        func run() async throws {
            service.begin(watches)
            try? await gracefulShutdown()
            ServiceManager.stopping()
            service.events.record(.service(.ending))
            runner.stop()
            watches.stop()
            service.leaveInTime(runner)
        }
    }

    private func begin(_ watches: RouteWatches) {
        let (configuration, contexts) = state.withLock { ($0.configuration, $0.contexts) }
        watches.watch(configuration, contexts)
        ServiceManager.ready()
        events.record(.service(.started(routes: configuration.routes.map(\.name))))
    }

    /// Ends the process when the orderly end takes too long. A step that is left is repeated at the next start; it may be left anywhere.
    private func leaveInTime(_ runner: JobRunner) {
        DispatchQueue.global(qos: .userInitiated).asyncAfter(deadline: .now() + Self.patienceAtEnd) { [leave] in
            runner.leaveRunningSteps()
            leave()
        }
    }

    private static let patienceAtEnd: DispatchTimeInterval = .milliseconds(1500)

    /// What earlier ends left; takes care that this one leaves something, too. Without either the service runs all the same.
    private func evidence(_ layout: StateLayout) -> Death.Evidence {
        var (end, crash): (EndRecord?, CrashRecord.Crash?)
        do throws(Problem) {
            end = try EndRecord.take(from: layout.end)
            crash = try CrashRecord.take(from: layout.crash)
            try CrashRecord.begin(at: layout.crash)
        } catch {
            events.record(.service(.endUntold), cause: error.description)
        }
        return Death.Evidence(marks: .now(), end: end, crash: crash)
    }

    /// A new configuration takes the old one's place between two steps, or is refused as a whole.
    private func reload(_ runner: JobRunner, _ watches: RouteWatches) async {
        ServiceManager.reloading()
        defer { ServiceManager.ready() }
        do throws(ConfigurationError) {
            let (configuration, text) = try ConfigurationReader.read(path: path)
            let current = state.withLock { $0.configuration }
            guard configuration.stateDirectory == current.stateDirectory else {
                let problem = ConfigurationProblem(key: "state_directory", message: "can't change while the service runs; restart it")
                throw ConfigurationError(path: path, problems: [problem])
            }
            let check = try ConfigurationCheck.run(configuration, text: text, path: path, factory: makeFactory(configuration))
            adopt(configuration, check)
            let contexts = Self.contexts(configuration, check, folders)
            state.withLock { ($0.configuration, $0.contexts) = (configuration, contexts) }
            watches.watch(configuration, contexts)
            runner.wake()
            events.record(.service(.reloaded))
        } catch {
            events.record(.service(.reloadRefused), cause: "\(error)")
        }
    }

    private static func contexts(
        _ configuration: ServiceConfiguration, _ check: ConfigurationCheck.Result, _ folders: FolderRegister
    ) -> [String: RouteContext] {
        var contexts: [String: RouteContext] = [:]
        for route in configuration.routes {
            if let engine = check.engines[route.name] {
                contexts[route.name] = RouteContext(route: route, engine: engine, folders: folders)
            }
        }
        return contexts
    }
}

/// Why the service can't run.
package enum ServiceFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another process works in the state directory.
    case stateInUse(String)
    /// Something it can't do without failed; the reason holds no dropped names.
    case stopped(reason: String)

    package var description: String {
        switch self {
        case .stateInUse(let path): "\(path): another nnunetd works in this state directory; end it, or give this one its own."
        case .stopped(let reason): reason
        }
    }
}
