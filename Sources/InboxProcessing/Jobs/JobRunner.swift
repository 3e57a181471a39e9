import CasePrediction
import Files
import Dispatch
import Foundation
import Ledger
package import ServiceHost
import ServiceLifecycle
import Synchronization

/// Works off the ledger: one case at a time, oldest first, until it is told to stop. A case that must wait lets the others pass.
package final class JobRunner: Service {
    private let driver: JobDriver
    private let monitor: ProgressMonitor
    private let contexts: @Sendable (_ route: String) -> RouteContext?
    private let queue = DispatchQueue(label: "cases")
    /// Routes with a step that has not come back from their folders.
    private let stuck = Mutex<Set<String>>([])
    private let folderPatience: Duration
    private let stopping = Atomic<Bool>(false)
    private let bell = Bell()

    /// How long a part without tiles, or a tile, may take before the watchdog is no longer fed.
    static let patience: Duration = .seconds(1800)

    /// - `contexts`: the route of a name as it is now configured; nil while there is none.
    /// - `folderPatience`: how long a step that asks a route's folders may hold up other routes.
    package init(
        driver: JobDriver, monitor: ProgressMonitor, folderPatience: Duration = .seconds(30),
        contexts: @escaping @Sendable (String) -> RouteContext?
    ) {
        self.driver = driver
        self.monitor = monitor
        self.folderPatience = folderPatience
        self.contexts = contexts
    }

    private var events: any EventSink { driver.events }

    /// There is something to do.
    package func wake() { bell.ring() }

    /// Ends the running step as soon as it can be ended without losing what it did; `work` then returns.
    package func stop() {
        stopping.store(true, ordering: .releasing)
        bell.ring()
    }

    /// Works until the service ends.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await work()
        } onGracefulShutdown: {
            self.stop()
        }
        try? await gracefulShutdown()  // a service that is over before its turn would end the others
    }

    /// Works until `stop`.
    package func work() async {
        var waits = suspects()
        while !stopping.load(ordering: .acquiring) {
            let pass = await onQueue { [waits] in self.pass(waits) }
            waits = pass.waits
            guard !pass.isParked, !stopping.load(ordering: .acquiring) else { break }
            await bell.wait(for: waits.values.map(\.due).min().map { $0 - .now })
        }
        leaveWhatHangs()
    }

    /// What hangs at the end is left as if it had never been begun: the end is held against no case.
    private func leaveWhatHangs() {
        if stuck.withLock({ !$0.isEmpty }) { leaveRunningSteps() }
    }

    /// Leaves steps that run at the service's end as if they had not been begun.
    func leaveRunningSteps() { driver.leaveRunningSteps() }

    /// A case whose step brought the service down lets some time pass, so that the service is not restarted too often in a row.
    private func suspects() -> [String: Backoff] {
        var waits: [String: Backoff] = [:]
        do {
            for id in try driver.ledger.unfinishedIDs() {
                guard let job = try driver.ledger.job(id), !job.deaths.isEmpty, job.deaths.count < JobDriver.mostDeaths else { continue }
                waits[id] = Backoff(tries: job.deaths.count, due: .now + Self.pauseAfterDeath * job.deaths.count)
            }
        } catch {
            events.record(.records(.failed), cause: "\(error)")
        }
        return waits
    }

    private static let pauseAfterDeath: Duration = .seconds(2)

    /// When a waiting job is tried again.
    private struct Backoff {
        var pause: Duration = .seconds(10)
        /// How often it was tried, and since when.
        var tries = 1
        var since = Date()
        var due: ContinuousClock.Instant

        static let longest: Duration = .seconds(300)
    }

    /// Runs every due job as far as it goes.
    private func pass(_ known: [String: Backoff]) -> (waits: [String: Backoff], isParked: Bool) {
        var waits = known
        defer { events.record(.service(.idle)) }
        do {
            while let job = try nextJob(waits), !stopping.load(ordering: .acquiring) {
                guard let context = contexts(job.route) else {
                    postpone(job, "no route \(job.route) is configured", &waits)
                    continue
                }
                let (last, outcome) = follow(job, in: context)
                switch outcome {
                case .advanced:
                    waits[job.id] = nil
                    events.record(.way(.over), of: job)
                case .waits(let reason): postpone(last, reason, &waits)
                case .parked: return (waits, true)
                case nil: continue
                }
            }
            let alive = Set(try driver.ledger.unfinishedIDs())
            waits = waits.filter { alive.contains($0.key) || $0.key.isEmpty }
            waits[""] = nil
        } catch {
            events.record(.records(.failed), cause: "\(error)")
            waits[""] = Backoff(due: .now + .seconds(10))
        }
        return (waits, false)
    }

    private func nextJob(_ waits: [String: Backoff]) throws -> Job? {
        let now = ContinuousClock.now
        let stuck = stuck.withLock { $0 }
        for id in try driver.ledger.unfinishedIDs() where !driver.hold.holds(id) && waits[id].map({ $0.due <= now }) ?? true {
            if let job = try driver.ledger.job(id), !stuck.contains(job.route) { return job }
        }
        return nil
    }

    /// Takes a job step by step to its end, or to where it must wait; gives the job as it is then and what its last step gave, nil where
    /// that has not come back.
    private func follow(_ job: Job, in context: RouteContext) -> (Job, JobDriver.Outcome?) {
        var job = job
        while !job.state.isFinal {
            guard !stopping.load(ordering: .acquiring), let step = job.state.nextStep else { return (job, .parked) }
            events.record(.way(.stepBegan), of: job, step: step)
            monitor.begin("case", within: Self.patience)
            defer { monitor.end("case") }
            guard !job.state.asksFolders else {
                switch apart(job, step, in: context) {
                case .advanced(let next)?: job = next
                case let outcome: return (job, outcome)
                }
                continue
            }
            var last: CaseProgress?
            let outcome = driver.advance(job, in: context) { progress in
                if progress != last { monitor.advance("case") }
                last = progress
                events.record(.way(.progressed(progress)), of: job, step: step)
            } isCancelled: {
                stopping.load(ordering: .acquiring)
            }
            guard case .advanced(let next) = outcome else { return (job, outcome) }
            job = next
        }
        driver.clear(job)
        return (job, .advanced(job))
    }

    /// Does a step that asks folders of the route, whose share may never answer, on a thread of its own; nil where that has not come back
    /// in time. Nothing of the route is done then until it has.
    private func apart(_ job: Job, _ step: String, in context: RouteContext) -> JobDriver.Outcome? {
        let (errand, isDone) = (Errand(), DispatchSemaphore(value: 0))
        driver.hold.take(job.id)
        DispatchQueue(label: "step of \(job.route)").async { [self] in
            let outcome = driver.advance(job, in: context) { _ in
            } isCancelled: {
                stopping.load(ordering: .acquiring)
            }
            if !errand.end(with: outcome) {
                events.record(.way(.cameBack), of: job, step: step)
                stuck.withLock { _ = $0.remove(job.route) }
                driver.hold.letGo(job.id)
                wake()
            }
            isDone.signal()
        }
        _ = isDone.wait(timeout: .now() + folderPatience.inSeconds)
        stuck.withLock { _ = $0.insert(job.route) }
        if let outcome = errand.leave() {
            stuck.withLock { _ = $0.remove(job.route) }
            driver.hold.letGo(job.id)
            return outcome
        }
        events.record(.trouble(.hung(folderPatience)), of: job, step: step)
        return nil
    }

    private func postpone(_ job: Job, _ reason: String, _ waits: inout [String: Backoff]) {
        var wait = waits[job.id] ?? Backoff(pause: .milliseconds(2500), tries: 0, due: .now)
        wait.pause = Swift.min(wait.pause * 2, Backoff.longest)
        wait.tries += 1
        wait.due = .now + wait.pause
        waits[job.id] = wait
        events.record(
            .trouble(.waits(pause: wait.pause.inSeconds, tries: wait.tries, since: wait.since)), of: job,
            step: job.state.nextStep ?? "", cause: reason)
    }

    /// Keeps long blocking work off the threads that the rest of the service shares.
    private func onQueue<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
    }
}
