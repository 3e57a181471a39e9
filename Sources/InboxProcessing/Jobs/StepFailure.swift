package import Files
package import Ledger

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

    /// What a problem means for its case: bad input condemns it; a model, a disk or a share that is away is waited for.
    package init(_ problem: Problem) {
        switch (problem.kind, problem.subject) {
        case (.cancelled, _): self = .cancelled
        case (.unverified, _): self = .failed(Setback(reason: problem.description, advice: problem.advice))
        case (.unavailable, _), (.unwritable, _), (_, .model): self = .waiting(reason: problem.description)
        case (.computation, _):
            self = .refused(Refusal(problem, advice: "this should not happen; keep the input and report it"))
        default: self = .refused(Refusal(problem, advice: "check the case and drop it again"))
        }
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

extension Refusal {
    /// A problem of the case.
    ///
    /// - `advice`: what to do where the problem doesn't say.
    package init(_ problem: Problem, advice: String = "") {
        self.init(what: problem.finding, where: problem.path, advice: problem.advice.isEmpty ? advice : problem.advice)
    }
}
