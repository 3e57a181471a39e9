import Dispatch
import Files
import ServiceHost
import Synchronization
import SystemPackage

/// Looks at one inbox whenever something changes there, when it is time to, and once a minute in any case.
final class RouteWatch: Sendable {
    /// What is watched, and how.
    struct Place: Sendable {
        let route: String
        /// The inbox.
        let root: FilePath
        /// Whether changes are looked for every `pollInterval` besides; asked again at each look.
        let polls: @Sendable () -> Bool
        let pollInterval: Duration
    }

    /// What a watch leaves to the next one of the same inbox.
    private struct Legacy: Sendable {
        let intake: RouteIntake
        /// The folder that is being watched.
        let watched: FileIdentity?
    }

    private let place: Place
    private let watcher: FolderWatcher?
    private let events: any EventSink
    private let found: @Sendable () -> Void
    private let queue: DispatchQueue
    private let bell = Bell()
    private let isStopping = Atomic<Bool>(false)
    private let isLost = Atomic<Bool>(false)
    private let isBlind = Atomic<Bool>(false)
    private let task = Mutex<Task<Legacy, Never>?>(nil)

    /// The least time between two looks, so that a stream of changes is looked at now and then.
    private static let spacing: Duration = .milliseconds(250)
    private static let retry: Duration = .seconds(10)
    /// A look that takes longer is said.
    private static let longLook: Duration = .seconds(60)
    /// Whatever becomes of the kernel's events, an inbox is looked at so often.
    static let safety: Duration = .seconds(60)

    /// - `found`: called when cases were taken on.
    init(_ place: Place, watcher: FolderWatcher?, events: any EventSink, found: @escaping @Sendable () -> Void) {
        self.place = place
        self.watcher = watcher
        self.events = events
        self.found = found
        queue = DispatchQueue(label: "inbox " + place.route)
    }

    /// Looks at once, then whenever it is woken; `watcher.watch(root)` is the caller's, after it can wake this watch.
    ///
    /// - `previous`: ends before this one begins, which goes on with what it knew.
    func start(_ intake: RouteIntake, after previous: RouteWatch?) {
        let task = Task { await run(intake, after: await previous?.task.withLock { $0 }?.value) }
        self.task.withLock { $0 = task }
    }

    /// Something may have changed.
    func wake() { bell.ring() }

    /// The folder at the inbox's path is no longer the one that is watched.
    func lose() {
        isLost.store(true, ordering: .releasing)
        bell.ring()
    }

    /// Not everything below the inbox can be watched: it is polled until it can.
    func goBlind() {
        isBlind.store(true, ordering: .releasing)
        bell.ring()
    }

    /// Asks the watch to end; a look that runs is broken off at the next file.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        task.withLock { $0 }?.cancel()
        bell.ring()
    }

    /// Returns when the watch is over, or after the given time: a look at a share that hangs is no reason not to end.
    func end(within limit: Duration) async {
        let task = task.withLock { $0 }
        let isOver = Bell()
        let end = Task {
            _ = await task?.value
            isOver.ring()
        }
        await isOver.wait(for: limit)
        end.cancel()
    }

    private func run(_ intake: RouteIntake, after legacy: Legacy?) async -> Legacy {
        var intake = intake
        var watched = legacy?.watched
        if let legacy { intake.goOn(from: legacy.intake) }
        while !isStopping.load(ordering: .acquiring) {
            let start = ContinuousClock.now
            let look = await look(intake)
            intake = look.intake
            guard !isStopping.load(ordering: .acquiring) else { break }
            let pause = conclude(look, &watched)
            // Looks that take long, at an inbox in which there is always something new, leave the machine half of the time.
            let spacing = Swift.max(Self.spacing, Swift.min(ContinuousClock.now - start, Self.retry))
            await bell.wait(for: pause)
            try? await Task.sleep(for: spacing)
        }
        return Legacy(intake: intake, watched: watched)
    }

    /// Sees to what a look showed; gives how long the next one has time.
    private func conclude(_ look: Look, _ watched: inout FileIdentity?) -> Duration {
        switch look.result {
        case .success(let result):
            events.record(.inbox(.available), route: place.route)
            if !result.jobs.isEmpty { found() }
            var pause = Self.safety
            if look.polls || isBlind.load(ordering: .acquiring) { pause = Swift.min(pause, place.pollInterval) }
            if let again = result.again { pause = Swift.min(pause, again) }
            let isLost = isLost.exchange(false, ordering: .acquiringAndReleasing)
            if !look.polls, isLost || look.identity != watched {
                isBlind.store(false, ordering: .releasing)
                watcher?.rewatch(place.root)
                watched = look.identity
            }
            return pause
        case .failure(let error):
            events.record(.inbox(.unavailable), route: place.route, cause: "\(error)")
            watched = nil
            return Self.retry
        }
    }

    private struct Look: Sendable {
        let intake: RouteIntake
        let result: Result<RouteIntake.Result, any Error>
        /// The folder that was looked into; nil where it can't be told.
        let identity: FileIdentity?
        let polls: Bool
    }

    private func look(_ intake: RouteIntake) async -> Look {
        let alarm = Task {
            try await Task.sleep(for: Self.longLook)
            events.record(.inbox(.looksLong(Self.longLook)), route: place.route)
        }
        defer { alarm.cancel() }
        return await withCheckedContinuation { continuation in
            queue.async { [self] in
                var intake = intake
                let identity = try? FileIdentity(ofFolder: place.root)
                let result = Result {
                    try CrashRecord.attributing(to: "an inbox") {
                        try intake.look { self.isStopping.load(ordering: .acquiring) }
                    }
                }
                continuation.resume(returning: Look(intake: intake, result: result, identity: identity, polls: place.polls()))
            }
        }
    }
}
