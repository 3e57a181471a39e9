import Dispatch
import Ledger
package import ServiceHost
import ServiceLifecycle
import Synchronization

/// The daemon: watches the inboxes, works off the ledger, reads its configuration anew on request, and ends in good order.
package final class InboxService: Service {
    /// Makes the engines for a configuration.
    package typealias FactoryMaker = @Sendable (ServiceConfiguration) -> any EngineFactory

    private struct State {
        var configuration: ServiceConfiguration
        var contexts: [String: RouteContext]
        var watches: [RawPath: RouteWatch] = [:]
    }
    private let state: Mutex<State>
    private let path: String
    private let makeFactory: FactoryMaker
    private let recognizer: any SeriesRecognizing
    private let monitor: ProgressMonitor
    private let events: any EventSink
    private let leave: @Sendable () -> Void
    private let folders: FolderRegister

    /// - path: the configuration file, read again on SIGHUP.
    /// - check: the result of checking the configuration.
    /// - leave: ends the process at once, when the orderly end takes too long.
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
        do {
            try await serve()
        } catch let failure as ServiceFailure {
            throw failure
        } catch LedgerProblem.newerVersion(let path) {
            throw LedgerProblem.newerVersion(path)  // holds no dropped names, and the process ends with another status
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
        let runner = JobRunner(driver: driver, monitor: monitor) { [self] route in
            state.withLock { $0.contexts[route] }
        }
        let watcher = makeWatcher()
        try await work(runner: runner, driver: driver, watcher: watcher)
        watcher?.stop()
    }

    /// What earlier ends left; takes care that this one leaves something, too. Without either the service runs all the same.
    private func evidence(_ layout: StateLayout) -> Death.Evidence {
        var (end, crash): (EndRecord?, CrashRecord.Crash?)
        do throws(FileSystemError) {
            end = try EndRecord.take(from: layout.end)
            crash = try CrashRecord.take(from: layout.crash)
            try CrashRecord.begin(at: layout.crash)
        } catch {
            events.record(.service(.endUntold), cause: error.description)
        }
        return Death.Evidence(marks: .now(), end: end, crash: crash)
    }

    private func work(runner: JobRunner, driver: JobDriver, watcher: FolderWatcher?) async throws {
        let hangups = HangupSignals()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await runner.run() }
            group.addTask { await self.forward(watcher) }
            group.addTask {
                for await _ in hangups.requests {
                    await self.reload(driver: driver, runner: runner, watcher: watcher)
                }
            }
            startWatches(driver: driver, runner: runner, watcher: watcher)
            ServiceManager.ready()
            let names = state.withLock { $0.configuration.routes.map(\.name) }
            events.record(.service(.started(routes: names)))
            try? await gracefulShutdown()
            ServiceManager.stopping()
            events.record(.service(.ending))
            runner.stop()
            leaveInTime(driver)
            hangups.cancel()
            await withTaskGroup(of: Void.self) { ends in
                for watch in stopWatches().values { ends.addTask { await watch.end(within: Self.patience) } }
            }
            watcher?.stop()
            group.cancelAll()
        }
    }

    /// Ends the process when the orderly end takes too long. A step that is left is repeated at the next start; it may be left anywhere.
    private func leaveInTime(_ driver: JobDriver) {
        DispatchQueue.global(qos: .userInitiated).asyncAfter(deadline: .now() + Self.patienceAtEnd) { [leave] in
            driver.leaveRunningSteps()
            leave()
        }
    }

    private static let patienceAtEnd: DispatchTimeInterval = .milliseconds(1500)

    /// inotify's hints to the inboxes they concern.
    private func forward(_ watcher: FolderWatcher?) async {
        guard let watcher else { return }
        for await change in watcher.changes {
            switch change {
            case .changed(let root):
                watcher.acknowledge(root)
                state.withLock { $0.watches[root] }?.wake()
            case .lost(let root): state.withLock { $0.watches[root] }?.lose()
            case .blind(let root, let folder, let reason):
                state.withLock { $0.watches[root] }?.goBlind()
                events.record(
                    .inbox(.blind(folder: "\(folder)", inbox: "\(root)")), cause: reason)
            }
        }
        // Whatever ended the watcher, the inboxes are still looked at.
        for watch in state.withLock({ $0.watches.values }) { watch.goBlind() }
    }

    private func makeWatcher() -> FolderWatcher? {
        do {
            return try FolderWatcher()
        } catch {
            events.record(.service(.watcherFailed), cause: "\(error)")
            return nil
        }
    }

    /// - previous: the watches of the configuration before, told to stop.
    private func startWatches(
        driver: JobDriver, runner: JobRunner, watcher: FolderWatcher?, after previous: [RawPath: RouteWatch] = [:]
    ) {
        let (configuration, contexts) = state.withLock { ($0.configuration, $0.contexts) }
        let times = RouteIntake.Times(settle: configuration.settle, incompleteAfter: configuration.incompleteAfter)
        for route in configuration.routes {
            guard let context = contexts[route.name] else { continue }
            let root = RawPath(route.inbox)
            let intake = RouteIntake(
                context: context, times: times, recognizer: recognizer, driver: driver,
                activity: { folder in
                    (watcher?.filesBeingWritten(below: folder) ?? [], watcher?.filesClosed(below: folder) ?? [])
                })
            let watch = RouteWatch(
                route: route.name, intake: intake, after: previous[root],
                polls: { watcher == nil || configuration.polls(route.inbox) }, pollInterval: configuration.pollInterval,
                watcher: watcher, root: root, events: events
            ) { runner.wake() }
            state.withLock { $0.watches[root] = watch }
        }
    }

    /// Tells all watches to stop; gives them.
    private func stopWatches() -> [RawPath: RouteWatch] {
        let watches = state.withLock { state in
            defer { state.watches = [:] }
            return state.watches
        }
        for watch in watches.values { watch.stop() }
        return watches
    }

    /// How long the service's end waits for looks at inboxes; what they were doing is gone on with at the next start.
    private static let patience: Duration = .milliseconds(1000)

    /// A new configuration takes the old one's place between two steps, or is refused as a whole.
    private func reload(driver: JobDriver, runner: JobRunner, watcher: FolderWatcher?) async {
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
            let previous = stopWatches()
            state.withLock { state in
                state.configuration = configuration
                state.contexts = Self.contexts(configuration, check, folders)
            }
            startWatches(driver: driver, runner: runner, watcher: watcher, after: previous)
            let inboxes = Set(configuration.routes.map { RawPath($0.inbox) })
            for root in previous.keys where !inboxes.contains(root) { watcher?.unwatch(root) }
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
