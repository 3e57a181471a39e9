import Files
import ServiceHost
import ServiceLifecycle
import Synchronization
import SystemPackage

/// The watches of all inboxes, and inotify's hints to those they concern.
final class RouteWatches: Service {
    private struct State {
        var watches: [FilePath: RouteWatch] = [:]
        var isStopping = false
    }
    private let state = Mutex(State())
    private let driver: JobDriver
    private let recognizer: any SeriesRecognizing
    private let watcher: FolderWatcher?
    private let found: @Sendable () -> Void

    /// How long the service's end waits for looks at inboxes; what they were doing is gone on with at the next start.
    private static let patience: Duration = .milliseconds(1000)

    /// - `found`: called when cases were taken on.
    init(driver: JobDriver, recognizer: any SeriesRecognizing, found: @escaping @Sendable () -> Void) {
        self.driver = driver
        self.recognizer = recognizer
        self.found = found
        do {
            watcher = try FolderWatcher()
        } catch {
            driver.events.record(.service(.watcherFailed), cause: "\(error)")
            watcher = nil
        }
    }

    /// Passes hints on until the service ends.
    func run() async throws {
        await cancelWhenGracefulShutdown { await self.forward() }
        try? await gracefulShutdown()
        stop()
        let watches = state.withLock { $0.watches.values }
        await withDiscardingTaskGroup { ends in
            for watch in watches { ends.addTask { await watch.end(within: Self.patience) } }
        }
        watcher?.stop()
    }

    /// Watches the inboxes of a configuration, and no others; where one was watched before, its watch goes on with what was known.
    func watch(_ configuration: ServiceConfiguration, _ contexts: [String: RouteContext]) {
        let times = RouteIntake.Times(settle: configuration.settle, incompleteAfter: configuration.incompleteAfter)
        state.withLock { state in
            guard !state.isStopping else { return }
            let previous = state.watches
            state.watches = [:]
            for watch in previous.values { watch.stop() }
            for route in configuration.routes {
                guard let context = contexts[route.name] else { continue }
                let root = FilePath(route.inbox)
                let place = RouteWatch.Place(
                    route: route.name, root: root, polls: { [watcher] in watcher == nil || configuration.polls(route.inbox) },
                    pollInterval: configuration.pollInterval)
                let watch = RouteWatch(place, watcher: watcher, events: driver.events, found: found)
                watch.start(intake(context, times), after: previous[root])
                state.watches[root] = watch
            }
            let inboxes = Set(configuration.routes.map { FilePath($0.inbox) })
            for root in previous.keys where !inboxes.contains(root) { watcher?.unwatch(root) }
        }
    }

    /// Tells all watches to end; none is begun any more.
    func stop() {
        let watches = state.withLock { state in
            state.isStopping = true
            return state.watches.values
        }
        for watch in watches { watch.stop() }
    }

    private func intake(_ context: RouteContext, _ times: RouteIntake.Times) -> RouteIntake {
        RouteIntake(context: context, times: times, recognizer: recognizer, driver: driver) { [watcher] folder in
            (watcher?.filesBeingWritten(below: folder) ?? [], watcher?.filesClosed(below: folder) ?? [])
        }
    }

    private func forward() async {
        guard let watcher else { return }
        for await change in watcher.changes {
            switch change {
            case .changed(let root):
                watcher.acknowledge(root)
                watch(of: root)?.wake()
            case .lost(let root): watch(of: root)?.lose()
            case .blind(let root, let folder, let reason):
                watch(of: root)?.goBlind()
                driver.events.record(.inbox(.blind(folder: folder.shown, inbox: root.shown)), cause: reason)
            }
        }
        // Whatever ended the watcher, the inboxes are still looked at.
        for watch in state.withLock({ $0.watches.values }) { watch.goBlind() }
    }

    private func watch(of root: FilePath) -> RouteWatch? { state.withLock { $0.watches[root] } }
}
