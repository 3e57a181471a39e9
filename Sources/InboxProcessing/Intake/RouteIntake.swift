import Files
import Foundation
package import Ledger
package import SystemPackage

/// Takes cases from one inbox: looks, waits until they are settled and complete, records them, and brings them into the state directory.
///
/// `look` is called when something may have changed and again when it says; it never waits itself.
package struct RouteIntake: Sendable {
    /// What the watcher has seen of the files below a folder: those being written to and not closed, and those closed. Both empty where it
    /// can't know.
    package typealias Activity = @Sendable (FilePath) -> (writing: Set<FilePath>, closed: Set<FilePath>)

    let context: RouteContext
    let times: Times
    let recognizer: any SeriesRecognizing
    let driver: JobDriver
    let activity: Activity
    let probe: DropUse.Probe
    private var book: SettleBook
    var transfers = TransferBook()
    var headers: [InboxSnapshot.File: String?] = [:]
    /// While a place of the route can't be asked: until when nothing is taken on.
    private var outage: (pause: Duration, until: ContinuousClock.Instant)?
    /// Drops that were read and found incomplete.
    var incomplete: [Drop.Identity: Drop] = [:]
    /// Since when somebody has been at work on a drop.
    var busySince: [Drop.Identity: ContinuousClock.Instant] = [:]
    /// Whether the outbox carries its mark, so that it is known before anything is published; one that is away holds up its cases when
    /// they come to it.
    private var isOutboxMarked = false
    /// Read with the first look.
    var memory: IntakeMemory?
    /// As it was last read or written.
    var kept: IntakeMemory?
    var emptied: EmptiedFolders
    /// What the incomplete cases of those drops are called.
    var waitingNames: [Drop.Identity: String] = [:]

    /// - `activity`: what the watcher knows.
    /// - `probe`: what the kernel knows of a file.
    package init(
        context: RouteContext, times: Times, recognizer: any SeriesRecognizing, driver: JobDriver,
        activity: @escaping Activity = { _ in ([], []) }, probe: @escaping DropUse.Probe = OpenFileProbe.probe
    ) {
        self.context = context
        self.times = times
        self.recognizer = recognizer
        self.driver = driver
        self.activity = activity
        self.probe = probe
        book = SettleBook(settle: times.settle)
        emptied = EmptiedFolders([], inbox: FilePath(context.route.inbox), settle: times.settle)
    }

    /// Goes on with what another intake of the same inbox has seen, so that no file has to settle anew.
    package mutating func goOn(from other: RouteIntake) {
        guard other.context.route.inbox == context.route.inbox, other.context.route.name == context.route.name else { return }
        (transfers, headers, busySince) = (other.transfers, other.headers, other.busySince)
        guard other.times == times else { return }
        (book, emptied, memory, kept) = (other.book, other.emptied, other.memory, other.kept)
    }

    var inbox: FilePath { FilePath(context.route.inbox) }

    /// What a look gave.
    package struct Result: Sendable {
        /// The cases taken on now, claimed where that was possible at once.
        package var jobs: [Job] = []
        /// How long until it is worth looking again without a change; nil when nothing waits.
        package var again: Duration?

        mutating func lookAgain(after pause: Duration) {
            again = Swift.min(again ?? pause, Swift.max(pause, .milliseconds(50)))
        }
    }

    /// Looks at the inbox once.
    ///
    /// - `isCancelled`: asked between files; true ends the look early, with an error where nothing is known yet.
    package mutating func look(
        at now: ContinuousClock.Instant = .now, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> Result {
        try context.confirm(context.route.inbox)
        if !isOutboxMarked { isOutboxMarked = (try? context.confirm(context.route.outbox)) != nil }
        try recall()
        let snapshot = try withoutKnownFiles(InboxScanner(inbox: inbox, isCancelled: isCancelled).scan())
        transfers.observe(snapshot.files, at: now)
        speak(of: snapshot, at: now)
        let drops = group(snapshot, isCancelled)
        book.observe(drops, at: now)
        let use = try observeWriters(snapshot)
        var result = Result()
        var waiting: [Drop] = []
        for drop in drops where !isCancelled() {
            let age = book.age(of: drop, at: now)
            var pause: Duration? = age < times.settle ? times.settle - age : nil
            if pause == nil { pause = hold(on: drop, besides: waiting, snapshot, use, at: now, isCancelled) }
            if pause == nil { pause = try takeOrPostpone(drop, age: age, at: now, into: &result, isCancelled) }
            guard let pause else { continue }
            waiting.append(drop)
            result.lookAgain(after: pause)
        }
        if drops.allSatisfy({ incomplete[$0.identity] != nil }) {
            try driver.ledger.forgetWaiting(route: context.route.name, except: Set(waitingNames.values))
        }
        if let pause = emptied.tidy(at: now) { result.lookAgain(after: pause) }
        try remember()
        return result
    }

    /// Takes a free drop on, unless a place that must be asked for that doesn't answer; gives how long it must wait else.
    private mutating func takeOrPostpone(
        _ drop: Drop, age: Duration, at now: ContinuousClock.Instant, into result: inout Result, _ isCancelled: () -> Bool
    ) throws -> Duration? {
        if let outage, now < outage.until { return outage.until - now }
        do {
            return try take(drop, age: age, into: &result, isCancelled)
        } catch  where error is Problem {
            let pause = outage.map { Swift.min($0.pause * 2, Self.longestPause) } ?? .seconds(5)
            outage = (pause, now + pause)
            driver.events.record(.inbox(.placesUnavailable), route: context.route.name, step: "admit", cause: "\(error)")
            return pause
        }
    }

    private static let longestPause: Duration = .seconds(60)

    /// How long a settled drop must still wait because somebody may be at work on it; nil when it is free.
    private mutating func hold(
        on drop: Drop, besides waiting: [Drop], _ snapshot: InboxSnapshot, _ use: DropUse, at now: ContinuousClock.Instant,
        _ isCancelled: () -> Bool
    ) -> Duration? {
        let age = book.age(of: drop, at: now)
        let folders = snapshot.folders.filter { folder in drop.folders.contains(where: folder.isInside) }
        let finding = use.finding(on: drop, folders: folders, isCancelled: isCancelled)
        if case .busy = finding {} else { busySince[drop.identity] = nil }
        switch finding {
        case .free: break
        case .unknown:
            if age < times.unknown { return times.unknown - age }
        case .unfinished(let reason):
            guard age >= times.unfinished else {
                sayHeld(drop, reason)
                return times.unfinished - age
            }
        case .busy(let reason):
            let since = busySince[drop.identity] ?? now
            busySince[drop.identity] = since
            if now - since >= times.unfinished { sayHeld(drop, reason) }
            book.postpone(drop.identity, at: now)
            return times.settle
        case .unreadable(let reason):
            sayHeld(drop, reason)
            return Swift.max(times.settle, .seconds(10))
        }
        let live = drop.unfinished.filter { transfers.age(of: $0, at: now) < times.unfinished }
        if let file = live.first {
            sayHeld(drop, "\(file.path.shown) is still being transferred or edited")
            return times.unfinished - transfers.age(of: file, at: now)
        }
        // A stranger stays while it may be the damaged slice of a series that still waits.
        guard case .file = drop.identity, let file = drop.files.first else { return nil }
        return waiting.contains { $0.beside.contains(file) && concerns(file, $0) } ? times.settle : nil
    }

    /// Whether a loose file lay there when the first slices of a series came, or came later, and not so long before that it was given up.
    private func concerns(_ file: InboxSnapshot.File, _ drop: Drop) -> Bool {
        book.lead(of: file, before: drop) < times.unfinished
    }

    /// Takes a drop on that nobody is at work on any more, if it is complete, or incomplete for too long; gives how long it must wait else.
    private mutating func take(_ drop: Drop, age: Duration, into result: inout Result, _ isCancelled: () -> Bool) throws -> Duration? {
        if let path = drop.unspeakable {
            renameToText(path)
            return times.settle
        }
        var drop = drop
        drop.beside = drop.beside.filter { concerns($0, drop) }
        if age < times.incomplete, incomplete[drop.identity] == drop { return times.incomplete - age }
        let assessor = DropAssessor(
            inbox: context.route.inbox, channelCount: context.engine.channelCount, modalities: context.engine.modalities,
            minimumSlices: context.route.minimumSlices, recognizer: recognizer)
        let joiner = SeriesJoiner(assessor: assessor, layout: driver.steps.layout, ledger: driver.ledger, route: context.route.name)
        var plans = assessor.plans(for: drop)
        for index in plans.indices where plans[index].kind == .dicom {
            var plan = plans[index]
            plan.seriesUIDs = Set(plan.files.compactMap { recognizer.seriesUID(ofFileAt: context.route.inbox + "/" + $0) }).sorted()
            if let earlier = try joiner.latest(of: plan.seriesUIDs.flatMap { memory?.jobs(ofSeries: $0) ?? [] }) {
                // It can be joined when it has arrived in the state directory.
                guard !joiner.isBeingTaken(earlier) else { return times.settle }
                plan = try joiner.join(plan, to: earlier, folder: drop.folders.first?.text)
            }
            plans[index] = plan
        }
        if age < times.incomplete, let plan = plans.first(where: { $0.refusal != nil && $0.mayBecomeComplete }) {
            incomplete[drop.identity] = drop
            waitingNames[drop.identity] = plan.name
            try sayIncomplete(plan, left: times.incomplete - age)
            return times.incomplete - age
        }
        guard isUnchanged(drop), !isCancelled() else { return times.settle }
        result.jobs += try admit(plans, drop, isCancelled)
        incomplete[drop.identity] = nil
        outage = nil
        driver.events.record(.inbox(.placesAvailable), route: context.route.name)
        return nil
    }

    /// Records the cases, then claims and releases their files; what can't be claimed now is left to the runner.
    private mutating func admit(_ plans: [CasePlan], _ drop: Drop, _ isCancelled: () -> Bool) throws -> [Job] {
        emptied.add(foldersOf: drop.files.map(\.path))
        try remember()
        let facts = Dictionary((drop.files + drop.beside).map { ($0.path, $0.facts) }) { first, _ in first }
        var held: [String] = []
        defer { held.forEach(driver.hold.letGo) }
        let jobs = try driver.ledger.admit(
            plans.map { $0.newCase(facts) }, route: context.route.name, inbox: context.route.inbox, at: JobDriver.now(),
            byID: context.route.caseNames == .pseudonym, isTaken: { try driver.steps.isTaken($0, route: context.route) },
            willAdmit: { id in
                driver.hold.take(id)
                held.append(id)
            })
        for (plan, job) in zip(plans, jobs) { memory?.note(job.id, ofSeries: plan.seriesUIDs) }
        try remember()
        return jobs.map { job in
            driver.events.record(.way(.admitted), of: job, step: "admit")
            for warning in job.warnings { driver.events.record(.trouble(.warned), of: job, step: "admit", cause: warning) }
            var job = job
            while job.state == .admitted || job.state == .claimed {
                guard case .advanced(let next) = driver.advance(job, in: context, isCancelled: isCancelled) else { break }
                job = next
            }
            return job
        }
    }
}
