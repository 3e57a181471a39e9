import Foundation
package import ServiceHost

/// Takes cases from one inbox: looks, waits until they are settled and complete, records them, and brings them into the state directory.
///
/// `look` is called when something may have changed and again when it says; it never waits itself.
package struct RouteIntake: Sendable {
    /// How long to wait.
    package struct Times: Sendable, Equatable {
        package let settle: Duration
        package let incompleteAfter: Duration

        package init(settle: Duration, incompleteAfter: Duration) {
            self.settle = settle
            self.incompleteAfter = incompleteAfter
        }
    }

    private let context: RouteContext
    private let times: Times
    private let recognizer: any SeriesRecognizing
    private let driver: JobDriver
    private let filesBeingWritten: @Sendable (RawPath) -> Set<RawPath>
    private var book: SettleBook
    private var headers: [InboxSnapshot.File: String?] = [:]
    /// While a place of the route can't be asked: until when nothing is taken on.
    private var outage: (pause: Duration, until: ContinuousClock.Instant)?
    /// Drops that were read and found incomplete, with what they held then.
    private var incomplete: [Drop.Identity: (files: [InboxSnapshot.File], reason: String)] = [:]

    /// - filesBeingWritten: those below a folder that the watcher has seen being written and not closed; empty when it can't know.
    package init(
        context: RouteContext, times: Times, recognizer: any SeriesRecognizing, driver: JobDriver,
        filesBeingWritten: @escaping @Sendable (RawPath) -> Set<RawPath> = { _ in [] }
    ) {
        self.context = context
        self.times = times
        self.recognizer = recognizer
        self.driver = driver
        self.filesBeingWritten = filesBeingWritten
        book = SettleBook(settle: times.settle)
    }

    private var inbox: RawPath { RawPath(context.route.inbox) }

    /// What a look gave.
    package struct Result: Sendable {
        /// The cases taken on now, claimed where that was possible at once.
        package var jobs: [Job] = []
        /// How long until it is worth looking again without a change; nil when the inbox is empty.
        package var again: Duration?
    }

    /// Looks at the inbox once.
    package mutating func look(at now: ContinuousClock.Instant = .now) throws -> Result {
        let snapshot = try withoutKnownFiles(InboxScanner(inbox: inbox).scan())
        for ignored in snapshot.ignored {
            driver.log.ignored(ignored.path.description, route: context.route.name, reason: ignored.reason)
        }
        let drops = group(snapshot)
        book.observe(drops, at: now)
        var result = Result()
        for drop in drops {
            let age = book.age(of: drop, at: now)
            guard age >= times.settle else {
                result.again = Self.sooner(result.again, times.settle - age)
                continue
            }
            if let outage, now < outage.until {
                result.again = Self.sooner(result.again, outage.until - now)
                continue
            }
            do {
                try take(drop, age: age, at: now, into: &result)
            } catch  where error is FileSystemError || error is LedgerProblem {
                let pause = outage.map { Swift.min($0.pause * 2, Self.longestPause) } ?? .seconds(5)
                outage = (pause, now + pause)
                result.again = Self.sooner(result.again, pause)
                driver.log.placesUnavailable(context.route.name, reason: "\(error)")
            }
        }
        return result
    }

    private static let longestPause: Duration = .seconds(60)

    /// Takes a settled drop on if it is free and complete, or incomplete for too long.
    private mutating func take(_ drop: Drop, age: Duration, at now: ContinuousClock.Instant, into result: inout Result) throws {
        if let path = drop.unspeakable {
            renameToText(path)
            result.again = Self.sooner(result.again, times.settle)
            return
        }
        let waitsLonger = age < times.incompleteAfter
        if waitsLonger, isInUse(drop) {
            book.postpone(drop.identity, at: now)
            result.again = Self.sooner(result.again, times.settle)
            return
        }
        if waitsLonger, let known = incomplete[drop.identity], known.files == drop.files {
            result.again = Self.sooner(result.again, times.incompleteAfter - age)
            return
        }
        let plans = DropAssessor(
            inbox: context.route.inbox, channelCount: context.engine.channelCount, modalities: context.engine.modalities,
            recognizer: recognizer
        ).plans(for: drop)
        if waitsLonger, let plan = plans.first(where: { $0.refusal != nil && $0.mayBecomeComplete }) {
            let reason = plan.refusal?.what ?? ""
            incomplete[drop.identity] = (drop.files, reason)
            driver.log.incomplete(plan.name, route: context.route.name, reason: reason, left: times.incompleteAfter - age)
            result.again = Self.sooner(result.again, times.incompleteAfter - age)
            return
        }
        guard isUnchanged(drop) else {
            result.again = Self.sooner(result.again, times.settle)
            return
        }
        result.jobs += try admit(plans, drop)
        incomplete[drop.identity] = nil
        outage = nil
        driver.log.placesAvailable(context.route.name)
    }

    /// Records the cases, then claims and releases their files; what can't be claimed now is left to the runner.
    private func admit(_ plans: [CasePlan], _ drop: Drop) throws -> [Job] {
        let facts = Dictionary(drop.files.map { ($0.path.text ?? "", $0.facts) }) { first, _ in first }
        var held: [String] = []
        defer { held.forEach(driver.hold.letGo) }
        let jobs = try driver.journal.admit(
            plans, route: context.route.name, inbox: context.route.inbox, facts: facts, at: JobDriver.now(),
            isTaken: { try driver.steps.isTaken($0, route: context.route) },
            willAdmit: { id in
                driver.hold.take(id)
                held.append(id)
            })
        return jobs.map { job in
            driver.log.admitted(job)
            var job = job
            while job.state == .admitted || job.state == .claimed {
                guard case .advanced(let next) = driver.advance(job, in: context) else { break }
                job = next
            }
            return job
        }
    }

    private mutating func group(_ snapshot: InboxSnapshot) -> [Drop] {
        var known = headers
        let drops = Drop.group(snapshot) { file in
            if let uid = known[file] { return uid }
            let uid = recognizer.seriesUID(ofFileAt: context.route.inbox + "/" + (file.path.text ?? ""))
            known[file] = .some(uid)
            return uid
        }
        let present = Set(snapshot.files)
        headers = known.filter { present.contains($0.key) }
        let identities = Set(drops.map(\.identity))
        incomplete = incomplete.filter { identities.contains($0.key) }
        return drops
    }

    /// Files of jobs that are recorded but not yet gone from the inbox are no new drop, as long as they are the same files.
    private func withoutKnownFiles(_ snapshot: InboxSnapshot) throws -> InboxSnapshot {
        var known: [String: FileFacts] = [:]
        for job in try driver.journal.unreleased(route: context.route.name) where job.inbox == context.route.inbox {
            for file in job.files { known[file.path] = file.facts }
        }
        guard !known.isEmpty else { return snapshot }
        var snapshot = snapshot
        snapshot.files.removeAll { file in file.path.text.flatMap { known[$0] }?.isUnchanged(file.facts) ?? false }
        return snapshot
    }

    /// Whether a file of the drop is being written or its name says that it is being transferred.
    private func isInUse(_ drop: Drop) -> Bool {
        if drop.files.contains(where: \.isPartial) { return true }
        let written = filesBeingWritten(inbox)
        return drop.files.contains { file in
            let path = inbox.appending(file.path)
            return written.contains(path) || OpenFileProbe.probe(path) == .open
        }
    }

    /// Opening a file makes a network file system ask its server anew, so facts from its cache show up here.
    private func isUnchanged(_ drop: Drop) -> Bool {
        drop.files.allSatisfy { file in
            guard let facts = try? FileSystem.facts(of: inbox.appending(file.path)) else { return false }
            return facts == file.facts
        }
    }

    /// Gives the first component that is no plain text a name that is, so that every later path is text.
    private func renameToText(_ path: RawPath) {
        var folder = inbox
        for component in path.components {
            guard component.text == nil else {
                folder = folder.appending(component)
                continue
            }
            let name = RawPath(String(component.description.prefix(200)))
            do {
                try FileSystem.renameWithoutReplacing(folder.appending(component), to: folder.appending(name))
            } catch {
                driver.log.ignored(
                    "\(component)", route: context.route.name,
                    reason: "has a name that is no valid text and can't be renamed: \(error.reason)")
            }
            return
        }
    }

    private static func sooner(_ first: Duration?, _ second: Duration) -> Duration {
        Swift.min(first ?? second, Swift.max(second, .milliseconds(50)))
    }
}
