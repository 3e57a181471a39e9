package import Foundation
package import Ledger
package import Logging
package import ServiceHost
import Synchronization

/// Everything the service has to say, each thing once; no library below it logs.
///
/// The log is read by more people than the cases are: it calls a case by its id, and names show only where the site asks for them
/// (`log_names`).
package struct EventLog: Sendable {
    private let log: NamelessLog
    private let said = Said()

    /// What was said already, so that a condition that lasts isn't repeated.
    private final class Said: Sendable {
        let keys = Mutex<[String: (text: String, at: ContinuousClock.Instant)]>([:])
    }

    private let now: @Sendable () -> ContinuousClock.Instant

    /// - now: the time, for what is said again.
    package init(_ logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        log = NamelessLog(logger)
        self.now = now
    }

    /// A configuration comes into force.
    package func adopt(_ configuration: ServiceConfiguration) { log.adopt(configuration) }

    /// What a case is called in log and status line.
    package func title(of job: Job) -> String { log.title(job.id, name: job.shownName) }

    /// A text as it may be shown outside a case's folders.
    package func shown(_ text: LogText) -> String { log.shown(text) }

    /// Says something that concerns no case.
    package func say(_ level: Logger.Level, _ text: LogText, id: String? = nil) { log.say(level, text, id: id) }

    package func admitted(_ job: Job) {
        log.say(.info, "Case \(site: title(of: job)) was taken on.", about: .job(job, step: "admit"), id: MessageID.admitted)
    }

    package func finished(_ step: String, of job: Job, seconds: Double) {
        log.say(.info, "Case \(site: title(of: job)): \(site: step) done.", about: .job(job, step: step, seconds: seconds))
    }

    /// What a step found unusual about a case; its report says the same.
    package func warned(_ job: Job, step: String, of warning: String) {
        log.say(.warning, "Case \(site: title(of: job)): \(free: warning)", about: .job(job, step: step))
    }

    package func published(_ job: Job, in outbox: String, seconds: Double) {
        log.say(
            .notice, "Case \(site: title(of: job)) is published in \(site: outbox)/\(published: job).",
            about: .job(job, step: "publish", seconds: seconds), id: MessageID.published)
    }

    package func renamed(_ job: Job, from old: String) {
        log.say(
            .warning,
            "The outbox holds \(name: old) already; case \(site: title(of: job)) is called \(published: job) and its results are made anew.",
            about: .job(job, step: "publish"))
    }

    package func goesUnderPseudonym(_ job: Job) {
        log.say(
            .info, "Case \(site: title(of: job)) goes on under its id, as its route asks for now.",
            about: .job(job, step: job.state.nextStep))
    }

    package func refused(_ job: Job) {
        let (sentence, advice) = (job.refusal?.sentence ?? "", job.refusal?.advice ?? "")
        log.say(
            .error, "Case \(site: title(of: job)) can't be processed: \(free: sentence). What to do: \(free: advice)",
            about: .job(job, step: job.refusedAt), id: MessageID.quarantined)
    }

    package func setBack(_ job: Job, step: String, reason: String) {
        log.say(
            .warning, "Case \(site: title(of: job)) goes back to the step \(site: job.state.nextStep ?? ""): \(free: reason)",
            about: .job(job, step: step))
    }

    /// Said once an hour.
    package func undescribed(_ job: Job, reason: String) {
        once("undescribed", reason) {
            log.say(
                .warning, "job.json can't be written; a start without ledger would repeat steps: \(free: reason)", about: .job(job))
        }
    }

    package func leftover(_ job: Job, reason: String) {
        log.say(
            .warning, "The working folder of a case that is over stays until the next start: \(free: reason)", about: .job(job))
    }

    package func ledgerSetAside(_ path: RawPath, reason: String) {
        log.say(
            .error, "The ledger can't be read (\(free: reason)); it is kept as \(free: "\(path)") and made anew from the folders.",
            id: MessageID.ledgerRebuilt)
    }

    package func ledgerRebuilt(atWork: Int, done: Int, quarantined: Int) {
        log.say(
            .notice,
            "The ledger was made anew from the folders: \(atWork) case(s) at work, \(done) done, \(quarantined) in quarantine.",
            id: MessageID.ledgerRebuilt)
    }

    package func resumed(_ job: Job) {
        log.say(.notice, "Case \(site: title(of: job)) goes on from its working folder.", about: .job(job, step: job.state.nextStep))
    }

    package func workUnexplained(_ place: RawPath) {
        log.say(
            .error, "Work that neither the ledger nor a job.json explains is kept in \(free: "\(place)"); its error.json says what to do.")
    }

    package func workUnreadable(_ path: RawPath, reason: String) {
        log.say(.error, "\(free: "\(path)") is left alone until the next start: \(free: reason)")
    }

    package func outboxUnread(_ route: String, reason: String) {
        log.say(
            .warning, "The new ledger does not know the published cases of this route: \(free: reason)", about: .init(route: route))
    }

    package func died(_ job: Job, _ death: Death) {
        let step = job.state.nextStep ?? ""
        let verdict: LogText =
            death.counts
            ? "That counts against it (\(job.deaths.count) of \(JobDriver.mostDeaths)); it is \(site: job.deaths.count < JobDriver.mostDeaths ? "tried again after the others" : "refused")."
            : "That does not count against it."
        log.say(
            death.counts ? .error : .notice,
            "Case \(site: title(of: job)) was at the step \(site: step) when \(free: death.words). \(verdict)",
            about: .job(job, step: step))
    }

    package func leaves() {
        log.say(.notice, "The running step was left as it was; it is repeated at the next start.")
    }

    /// Nothing of the route goes on until the step has come back; other routes do.
    package func doesNotComeBack(_ job: Job, step: String, after pause: Duration) {
        log.say(
            .error,
            "Case \(site: title(of: job)): the step \(site: step) has not come back for \(pause); its folders may lie on a share that does not answer. Other routes go on.",
            about: .job(job, step: step), id: MessageID.waiting)
    }

    package func cameBack(_ job: Job, step: String) {
        log.say(.notice, "Case \(site: title(of: job)): the step \(site: step) has come back.", about: .job(job, step: step))
    }

    /// A look at an inbox that takes very long.
    package func looksLong(_ route: String, after pause: Duration) {
        log.say(
            .error,
            "A look at the inbox has not come back for \(pause); inbox or outbox may lie on a share that does not answer. Other routes go on.",
            about: .init(route: route), id: MessageID.inboxUnavailable)
    }

    /// A folder of an inbox whose changes the kernel can't tell.
    package func blind(_ folder: String, inbox: String, reason: String) {
        log.say(
            .warning,
            "The folder \(name: folder) in \(site: inbox) can't be watched (\(free: reason)); the inbox is looked at regularly instead.")
    }

    package func withdrawn(_ job: Job) {
        log.say(
            .notice, "Case \(site: title(of: job)) was taken back from the inbox before it was claimed.", about: .job(job, step: "claim"))
    }

    package func parked(_ job: Job, step: String) {
        log.say(.notice, "Case \(site: title(of: job)) is parked; it goes on at the next start.", about: .job(job, step: step))
    }

    /// Said when the reason is new, and again every hour.
    package func waits(_ job: Job, step: String, reason: String, seconds: Double, tries: Int, since: Date) {
        once("wait " + job.id, reason) {
            let history: LogText = tries > 1 ? " (\(tries) tries since \(site: since.formatted(.iso8601)))" : ""
            log.say(
                .warning, "Case \(site: title(of: job)) waits and is tried again: \(free: reason)\(history)",
                about: .job(job, step: step, seconds: seconds), id: MessageID.waiting)
        }
    }

    /// A case that is still in the inbox.
    ///
    /// - caseID: which its job will have.
    package func incomplete(_ plan: CasePlan, caseID: String, route: String, reason: String, left: Duration) {
        once("incomplete " + caseID, reason) {
            let title = log.title(caseID, name: plan.name)
            log.say(
                .notice, "Case \(site: title) is not complete: \(free: reason). It waits \(left) in the inbox for the rest.",
                about: .init(
                    caseID: caseID, name: plan.name, route: route, step: "settle", names: [plan.name] + plan.files + plan.companions),
                id: MessageID.incomplete)
        }
    }

    /// A drop stays in the inbox for a reason that is not what it holds.
    package func held(_ drop: Drop, route: String, reason: String) {
        once("held \(route) \(drop.title)", reason) {
            let others = drop.beside + drop.unfinished
            let names = [drop.title] + (drop.files + others).map(\.path.description) + drop.unreadable.map(\.path.description)
            log.say(
                .notice, "\(name: drop.title) stays in the inbox for now: \(free: reason).",
                about: .init(route: route, step: "settle", names: names), id: MessageID.held)
        }
    }

    /// - path: below the inbox.
    /// - inode: by which it can be found where its name isn't shown; nil where it isn't known.
    package func ignored(_ path: String, route: String, reason: String, inode: UInt64? = nil) {
        once("ignored \(route) \(path)", reason) {
            let place: LogText =
                inode.map { "\(name: path) in the inbox (find -inum \(Int(clamping: $0)))" } ?? "\(name: path) in the inbox"
            log.say(
                .warning, "\(place) is left alone: it \(free: reason).", about: .init(route: route, names: [path]), id: MessageID.ignored)
        }
    }

    package func inboxUnavailable(_ route: String, reason: String) {
        once("inbox " + route, reason) {
            log.say(
                .error, "The inbox can't be read now and is tried again: \(free: reason)", about: .init(route: route),
                id: MessageID.inboxUnavailable)
        }
    }

    package func inboxAvailable(_ route: String) {
        guard forget("inbox " + route) else { return }
        log.say(.notice, "The inbox can be read again.", about: .init(route: route))
    }

    /// Cases of a route stay in their inbox because a place of theirs can't be asked.
    package func placesUnavailable(_ route: String, reason: String) {
        once("places " + route, reason) {
            log.say(
                .error,
                "Cases stay in the inbox and are tried again, since it can't be told whether their names are free: \(free: reason)",
                about: .init(route: route, step: "admit"), id: MessageID.waiting)
        }
    }

    package func placesAvailable(_ route: String) {
        guard forget("places " + route) else { return }
        log.say(.notice, "Cases are taken from the inbox again.", about: .init(route: route))
    }

    package func ledgerFailed(_ problem: String) {
        once("ledger", problem) { log.say(.critical, "The ledger can't be written; work waits: \(free: problem)") }
    }

    package func ledgerWorks() { _ = forget("ledger") }

    package func isOver(_ job: Job) { _ = forget("wait " + job.id) }

    /// Says a thing when it is new, and what lasts once an hour.
    private func once(_ key: String, _ text: String, _ say: () -> Void) {
        let now = now()
        let isDue = said.keys.withLock { said in
            if said.count > 10_000 { said = [:] }
            if let last = said[key], last.text == text, now - last.at < Self.reminder { return false }
            said[key] = (text, now)
            return true
        }
        if isDue { say() }
    }

    /// What lasts is said again after this time.
    private static let reminder: Duration = .seconds(3600)

    private func forget(_ key: String) -> Bool {
        said.keys.withLock { $0.removeValue(forKey: key) != nil }
    }
}
