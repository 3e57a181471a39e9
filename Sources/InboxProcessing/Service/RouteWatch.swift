import Dispatch
import ServiceHost
import Synchronization

/// Looks at one inbox whenever something changes there, when it is time to, and once a minute in any case.
struct RouteWatch: Sendable {
    /// What a watch leaves to the next one of the same inbox.
    struct Legacy: Sendable {
        let intake: RouteIntake
        /// The folder that is being watched.
        let watched: FolderIdentity?
    }

    /// What others tell a running watch.
    private final class Signals: Sendable {
        let isStopping = Atomic<Bool>(false)
        let isLost = Atomic<Bool>(false)
        let isBlind = Atomic<Bool>(false)
    }

    private let ring: AsyncStream<Void>.Continuation
    private let signals = Signals()
    private let task: Task<Legacy, Never>

    /// The least time between two looks, so that a stream of changes is looked at now and then.
    private static let spacing: Duration = .milliseconds(250)
    private static let retry: Duration = .seconds(10)
    /// A look that takes longer is said.
    private static let longLook: Duration = .seconds(60)
    /// Whatever becomes of the kernel's events, an inbox is looked at so often.
    static let safety: Duration = .seconds(60)

    /// Looks at once, then whenever it is woken; `watcher.watch(root)` is the caller's, after it can wake this watch.
    ///
    /// - previous: ends before this one begins, which goes on with what it knew.
    /// - polls: whether changes are looked for every `pollInterval` besides; asked again at each look.
    /// - found: called when cases were taken on.
    init(
        route: String, intake: RouteIntake, after previous: RouteWatch? = nil, polls: @escaping @Sendable () -> Bool,
        pollInterval: Duration, watcher: FolderWatcher?, root: RawPath, events: any EventSink, found: @escaping @Sendable () -> Void
    ) {
        let (bell, ring) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.ring = ring
        let signals = signals
        task = Task {
            let queue = DispatchQueue(label: "inbox " + route)
            var bells = bell.makeAsyncIterator()
            let legacy = await previous?.task.value
            var intake = intake
            var watched = legacy?.watched
            if let legacy { intake.goOn(from: legacy.intake) }
            while !signals.isStopping.load(ordering: .acquiring) {
                let start = ContinuousClock.now
                let alarm = Task {
                    try await Task.sleep(for: Self.longLook)
                    events.record(.inbox(.looksLong(Self.longLook)), route: route)
                }
                let look = await Self.look(intake, root: root, polls: polls, signals, on: queue)
                alarm.cancel()
                intake = look.intake
                guard !signals.isStopping.load(ordering: .acquiring) else { break }
                var pause = Self.safety
                switch look.result {
                case .success(let result):
                    events.record(.inbox(.available), route: route)
                    if !result.jobs.isEmpty { found() }
                    if look.polls || signals.isBlind.load(ordering: .acquiring) { pause = Swift.min(pause, pollInterval) }
                    if let again = result.again { pause = Swift.min(pause, again) }
                    let isLost = signals.isLost.exchange(false, ordering: .acquiringAndReleasing)
                    if !look.polls, isLost || look.identity != watched {
                        signals.isBlind.store(false, ordering: .releasing)
                        watcher?.rewatch(root)
                        watched = look.identity
                    }
                case .failure(let error):
                    events.record(.inbox(.unavailable), route: route, cause: "\(error)")
                    watched = nil
                    pause = Self.retry
                }
                // Looks that take long, at an inbox in which there is always something new, leave the machine half of the time.
                let spacing = Swift.max(Self.spacing, Swift.min(ContinuousClock.now - start, Self.retry))
                await Self.wait(&bells, ring, for: pause)
                try? await Task.sleep(for: spacing)
            }
            return Legacy(intake: intake, watched: watched)
        }
    }

    /// Something may have changed.
    func wake() { ring.yield() }

    /// The folder at the inbox's path is no longer the one that is watched.
    func lose() {
        signals.isLost.store(true, ordering: .releasing)
        ring.yield()
    }

    /// Not everything below the inbox can be watched: it is polled until it can.
    func goBlind() {
        signals.isBlind.store(true, ordering: .releasing)
        ring.yield()
    }

    /// Asks the watch to end; a look that runs is broken off at the next file.
    func stop() {
        signals.isStopping.store(true, ordering: .releasing)
        task.cancel()
        ring.yield()
    }

    /// Returns when the watch is over, or after the given time: a look at a share that hangs is no reason not to end.
    func end(within limit: Duration) async {
        let (ends, end) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let isOver = Task {
            _ = await task.value
            end.yield()
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            end.yield()
        }
        var iterator = ends.makeAsyncIterator()
        _ = await iterator.next()
        isOver.cancel()
        timer.cancel()
    }

    private struct Look: Sendable {
        let intake: RouteIntake
        let result: Result<RouteIntake.Result, any Error>
        /// The folder that was looked into; nil where it can't be told.
        let identity: FolderIdentity?
        let polls: Bool
    }

    private static func look(
        _ intake: RouteIntake, root: RawPath, polls: @escaping @Sendable () -> Bool, _ signals: Signals, on queue: DispatchQueue
    ) async -> Look {
        await withCheckedContinuation { continuation in
            queue.async {
                var intake = intake
                let identity = try? FolderIdentity(of: root)
                let result = Result {
                    try CrashRecord.attributing(to: "an inbox") {
                        try intake.look { signals.isStopping.load(ordering: .acquiring) }
                    }
                }
                continuation.resume(returning: Look(intake: intake, result: result, identity: identity, polls: polls()))
            }
        }
    }

    private static func wait(_ bells: inout AsyncStream<Void>.Iterator, _ ring: AsyncStream<Void>.Continuation, for pause: Duration) async {
        let timer = Task {
            try await Task.sleep(for: pause)
            ring.yield()
        }
        _ = await bells.next()
        timer.cancel()
    }
}
