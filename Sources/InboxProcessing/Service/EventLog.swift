package import Logging
import ServiceHost
import Synchronization

/// Everything the service has to say, each thing once; no library below it logs.
package struct EventLog: Sendable {
    package let logger: Logger
    private let said = Said()

    /// What was said already, so that a condition that lasts isn't repeated.
    private final class Said: Sendable {
        let keys = Mutex<[String: String]>([:])
    }

    package init(_ logger: Logger) { self.logger = logger }

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

    package func withdrawn(_ job: Job) {
        logger.notice("Case \(job.name) was taken back from the inbox before it was claimed.", metadata: metadata(job, step: "claim"))
    }

    package func parked(_ job: Job, step: String) {
        logger.notice("Case \(job.name) is parked; it goes on at the next start.", metadata: metadata(job, step: step))
    }

    /// Said when the reason is new.
    package func waits(_ job: Job, step: String, reason: String, seconds: Double) {
        once("wait " + job.id, reason) {
            logger.warning(
                "Case \(job.name) waits and is tried again: \(reason)",
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

    package func journalFailed(_ problem: String) {
        once("journal", problem) { logger.critical("The journal can't be written; work waits: \(problem)") }
    }

    package func journalWorks() { _ = forget("journal") }

    package func isOver(_ job: Job) { _ = forget("wait " + job.id) }

    private func once(_ key: String, _ text: String, _ say: () -> Void) {
        let isNew = said.keys.withLock { said in
            if said.count > 10_000 { said = [:] }
            return said.updateValue(text, forKey: key) != text
        }
        if isNew { say() }
    }

    private func forget(_ key: String) -> Bool {
        said.keys.withLock { $0.removeValue(forKey: key) != nil }
    }
}
