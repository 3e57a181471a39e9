package import Ledger
package import ServiceHost

/// Why a step did not reach its end.
package enum StepFailure: Error, Sendable, Equatable {
    /// The case can't be processed; it goes to quarantine.
    case refused(Refusal)
    /// Something outside the case is in the way and may pass: a full or read-only folder, a share that is away.
    case waiting(reason: String)
    /// It did not succeed, and waiting alone may never mend that: it is tried again a few times, then the case is refused.
    case failed(Setback)
    /// The results can't be published under the case's name because the outbox holds it already.
    case nameTaken
    /// The input was taken back before it was claimed.
    case withdrawn
    /// The service is shutting down; the step is repeated at the next start.
    case cancelled

    /// A failed file system call: one that may pass, or else one that condemns the case.
    package init(_ error: FileSystemError) {
        self =
            error.mayPass
            ? .waiting(reason: error.description)
            : .refused(
                Refusal(
                    what: "can't be \(error.action): \(error.reason)", where: error.path.description,
                    advice: "check the disk and the permissions, then drop the case again"))
    }
}

/// A step that has to be repeated, or an earlier one.
package struct Setback: Sendable, Equatable {
    /// What was found.
    package let reason: String
    /// What to do about it when it stays so.
    package let advice: String
    /// The state to go on from; nil for the state before the step.
    package let state: JobState?

    /// Joins finding and advice.
    package init(reason: String, advice: String = "check the disk, then drop the case again") {
        self.init(reason: reason, advice: advice, to: nil)
    }

    package init(reason: String, advice: String = "check the disk, then drop the case again", to state: JobState?) {
        self.reason = reason
        self.advice = advice
        self.state = state
    }
}
