package import Foundation
package import Logging
package import ServiceHost
import Synchronization

/// Everything the service has to say, each thing once; no library below it logs.
package struct EventLog: Sendable {
    package let logger: Logger
    private let said = Said()

    /// What was said already, so that a condition that lasts isn't repeated.
    private final class Said: Sendable {
        let keys = Mutex<[String: (text: String, at: ContinuousClock.Instant)]>([:])
    }

    private let now: @Sendable () -> ContinuousClock.Instant

    /// - now: the time, for what is said again.
    package init(_ logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.logger = logger
        self.now = now
    }

    private func metadata(_ job: Job, step: String? = nil, seconds: Double? = nil, id: String? = nil) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["case": "\(job.name)", "route": "\(job.route)", "job": "\(job.id)"]
        if let step { metadata["step"] = "\(step)" }
        if let seconds { metadata["seconds"] = "\((seconds * 1000).rounded() / 1000)" }
        if let id { metadata["message_id"] = "\(id)" }
        return metadata
    }

    package func admitted(_ job: Job) {
        logger.info("Case \(job.name) was taken on.", metadata: metadata(job, step: "admit", id: MessageID.admitted))
    }

    package func finished(_ step: String, of job: Job, seconds: Double) {
        logger.info("Case \(job.name): \(step) done.", metadata: metadata(job, step: step, seconds: seconds))
    }

    /// What a step found unusual about a case; its report says the same.
    package func warned(_ job: Job, step: String, of warning: String) {
        logger.warning("Case \(job.name): \(warning)", metadata: metadata(job, step: step))
    }

    package func published(_ job: Job, in outbox: String, seconds: Double) {
        logger.notice(
            "Case \(job.name) is published in \(outbox)/\(job.name).",
            metadata: metadata(job, step: "publish", seconds: seconds, id: MessageID.published))
    }

    package func renamed(_ job: Job, from old: String) {
        logger.warning(
            "The outbox holds \(old) already; the case is called \(job.name) and its results are made anew.",
            metadata: metadata(job, step: "publish"))
    }

    package func refused(_ job: Job) {
        logger.error(
            "Case \(job.name) can't be processed: \(job.refusal?.sentence ?? ""). What to do: \(job.refusal?.advice ?? "")",
            metadata: metadata(job, step: job.refusedAt, id: MessageID.quarantined))
    }

    package func setBack(_ job: Job, step: String, reason: String) {
        logger.warning(
            "Case \(job.name) goes back to the step \(job.state.nextStep ?? ""): \(reason)", metadata: metadata(job, step: step))
    }

    /// Said once an hour.
    package func undescribed(_ job: Job, reason: String) {
        once("undescribed", reason) {
            logger.warning("job.json can't be written; a start without ledger would repeat steps: \(reason)", metadata: metadata(job))
        }
    }

    package func leftover(_ job: Job, reason: String) {
        logger.warning("The working folder of a case that is over stays until the next start: \(reason)", metadata: metadata(job))
    }

    package func ledgerSetAside(_ path: RawPath, reason: String) {
        logger.error(
            "The ledger can't be read (\(reason)); it is kept as \(path) and made anew from the folders.",
            metadata: ["message_id": "\(MessageID.ledgerRebuilt)"])
    }

    package func ledgerRebuilt(atWork: Int, done: Int, quarantined: Int) {
        logger.notice(
            "The ledger was made anew from the folders: \(atWork) case(s) at work, \(done) done, \(quarantined) in quarantine.",
            metadata: ["message_id": "\(MessageID.ledgerRebuilt)"])
    }

    package func resumed(_ job: Job) {
        logger.notice("Case \(job.name) goes on from its working folder.", metadata: metadata(job, step: job.state.nextStep))
    }

    package func workUnexplained(_ place: RawPath) {
        logger.error("Work that neither the ledger nor a job.json explains is kept in \(place); its error.json says what to do.")
    }

    package func workUnreadable(_ path: RawPath, reason: String) {
        logger.error("\(path) is left alone until the next start: \(reason)")
    }

    package func outboxUnread(_ route: String, reason: String) {
        logger.warning("The new ledger does not know the published cases of this route: \(reason)", metadata: ["route": "\(route)"])
    }

    package func died(_ job: Job, _ death: Death) {
        let step = job.state.nextStep ?? ""
        let verdict =
            death.counts
            ? "That counts against it (\(job.deaths.count) of \(JobDriver.mostDeaths)); it is tried again after the others."
            : "That does not count against it."
        logger.log(
            level: death.counts ? .error : .notice, "Case \(job.name) was at the step \(step) when \(death.words). \(verdict)",
            metadata: metadata(job, step: step))
    }

    package func withdrawn(_ job: Job) {
        logger.notice("Case \(job.name) was taken back from the inbox before it was claimed.", metadata: metadata(job, step: "claim"))
    }

    package func leaves() {
        logger.notice("The running step was left as it was; it is repeated at the next start.")
    }

    package func parked(_ job: Job, step: String) {
        logger.notice("Case \(job.name) is parked; it goes on at the next start.", metadata: metadata(job, step: step))
    }

    /// Said when the reason is new, and again every hour.
    package func waits(_ job: Job, step: String, reason: String, seconds: Double, tries: Int, since: Date) {
        once("wait " + job.id, reason) {
            let history = tries > 1 ? " (\(tries) tries since \(since.formatted(.iso8601)))" : ""
            logger.warning(
                "Case \(job.name) waits and is tried again: \(reason)\(history)",
                metadata: metadata(job, step: step, seconds: seconds, id: MessageID.waiting))
        }
    }

    package func incomplete(_ name: String, route: String, reason: String, left: Duration) {
        once("incomplete \(route) \(name)", reason) {
            logger.notice(
                "\(name) is not complete: \(reason). It waits \(left.words) for the rest.",
                metadata: ["case": "\(name)", "route": "\(route)", "step": "settle", "message_id": "\(MessageID.incomplete)"])
        }
    }

    /// A drop stays in the inbox for a reason that is not what it holds.
    package func held(_ drop: String, route: String, reason: String) {
        once("held \(route) \(drop)", reason) {
            logger.notice(
                "\(drop) stays in the inbox for now: \(reason).",
                metadata: ["route": "\(route)", "step": "settle", "message_id": "\(MessageID.held)"])
        }
    }

    package func ignored(_ path: String, route: String, reason: String) {
        once("ignored \(route) \(path)", reason) {
            logger.warning(
                "\(path) in the inbox is left alone: it \(reason).", metadata: ["route": "\(route)", "message_id": "\(MessageID.ignored)"])
        }
    }

    package func inboxUnavailable(_ route: String, reason: String) {
        once("inbox " + route, reason) {
            logger.error(
                "The inbox can't be read now and is tried again: \(reason)",
                metadata: ["route": "\(route)", "message_id": "\(MessageID.inboxUnavailable)"])
        }
    }

    package func inboxAvailable(_ route: String) {
        guard forget("inbox " + route) else { return }
        logger.notice("The inbox can be read again.", metadata: ["route": "\(route)"])
    }

    /// Cases of a route stay in their inbox because a place of theirs can't be asked.
    package func placesUnavailable(_ route: String, reason: String) {
        once("places " + route, reason) {
            logger.error(
                "Cases stay in the inbox and are tried again, since it can't be told whether their names are free: \(reason)",
                metadata: ["route": "\(route)", "step": "admit", "message_id": "\(MessageID.waiting)"])
        }
    }

    package func placesAvailable(_ route: String) {
        guard forget("places " + route) else { return }
        logger.notice("Cases are taken from the inbox again.", metadata: ["route": "\(route)"])
    }

    package func journalFailed(_ problem: String) {
        once("journal", problem) { logger.critical("The journal can't be written; work waits: \(problem)") }
    }

    package func journalWorks() { _ = forget("journal") }

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
