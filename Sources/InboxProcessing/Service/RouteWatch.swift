import Dispatch
import ServiceHost

/// Looks at one inbox whenever something changes there, or when it is time to.
struct RouteWatch: Sendable {
    private let ring: AsyncStream<Void>.Continuation
    private let task: Task<Void, Never>

    /// The least time between two looks, so that a stream of changes is looked at now and then.
    private static let spacing: Duration = .milliseconds(250)
    private static let retry: Duration = .seconds(10)

    /// Looks at once, then whenever it is woken; `watcher.watch(root)` is the caller's, after it can wake this watch.
    ///
    /// - polls: whether changes are looked for every `pollInterval` besides.
    /// - found: called when cases were taken on.
    init(
        route: String, intake: RouteIntake, polls: Bool, pollInterval: Duration, watcher: FolderWatcher?, root: RawPath, log: EventLog,
        found: @escaping @Sendable () -> Void
    ) {
        let (bell, ring) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.ring = ring
        task = Task {
            let queue = DispatchQueue(label: "inbox " + route)
            var bells = bell.makeAsyncIterator()
            var intake = intake
            var wasLost = false
            while !Task.isCancelled {
                let look = await Self.look(intake, on: queue)
                intake = look.intake
                var pause: Duration?
                switch look.result {
                case .success(let result):
                    if wasLost, !polls { watcher?.watch(root) }
                    wasLost = false
                    log.inboxAvailable(route)
                    if !result.jobs.isEmpty { found() }
                    pause = polls ? Swift.min(pollInterval, result.again ?? pollInterval) : result.again
                case .failure(let error):
                    wasLost = true
                    log.inboxUnavailable(route, reason: "\(error)")
                    pause = Self.retry
                }
                await Self.wait(&bells, ring, for: pause)
                try? await Task.sleep(for: Self.spacing)
            }
        }
    }

    /// Something may have changed.
    func wake() { ring.yield() }

    /// Ends the watch; returns when the look that runs is over.
    func stop() async {
        task.cancel()
        ring.yield()
        await task.value
    }

    private struct Look: Sendable {
        let intake: RouteIntake
        let result: Result<RouteIntake.Result, any Error>
    }

    private static func look(_ intake: RouteIntake, on queue: DispatchQueue) async -> Look {
        await withCheckedContinuation { continuation in
            queue.async {
                var intake = intake
                let result = Result { try CrashRecord.attributing(to: "an inbox") { try intake.look() } }
                continuation.resume(returning: Look(intake: intake, result: result))
            }
        }
    }

    private static func wait(_ bells: inout AsyncStream<Void>.Iterator, _ ring: AsyncStream<Void>.Continuation, for pause: Duration?) async
    {
        let timer = pause.map { pause in
            Task {
                try await Task.sleep(for: pause)
                ring.yield()
            }
        }
        _ = await bells.next()
        timer?.cancel()
    }
}
