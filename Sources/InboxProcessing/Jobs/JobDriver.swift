import Foundation

/// Takes one job one step further and records it; what happens to a job on failure is decided here and nowhere else.
package struct JobDriver: Sendable {
    /// What became of a step.
    package enum Outcome: Sendable, Equatable {
        /// The job is in a new state.
        case advanced(Job)
        /// The step is to be tried again later.
        case waits(reason: String)
        /// The step was given up because the service is shutting down.
        case parked
    }

    package let journal: JobJournal
    package let steps: JobSteps
    package let log: EventLog
    /// Jobs that an intake works on.
    package let hold = JobHold()

    /// A step that was begun so often without ending brings the service down with it.
    static let mostAttempts = 3

    package init(journal: JobJournal, steps: JobSteps, log: EventLog) {
        self.journal = journal
        self.steps = steps
        self.log = log
    }

    /// Does the next step of a job.
    package func advance(
        _ job: Job, in context: RouteContext, progress: (EngineProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) -> Outcome {
        guard let step = job.state.nextStep else { return .advanced(job) }
        var job = job
        do {
            if job.attempts >= Self.mostAttempts, job.state != .failing, job.state != .published {
                let refusal = Refusal(
                    what: "the service ended \(job.attempts) times during the step \(step)",
                    advice: "look into the journal for crashes or lack of memory at that time; then drop the case again")
                return .advanced(try refuse(job, refusal, at: step))
            }
            job.attempts += 1
            try journal.save(job, at: Self.now())
            log.journalWorks()
            return try attempt(step, of: job, in: context, progress, isCancelled)
        } catch {
            log.journalFailed("\(error)")
            return .waits(reason: "the journal can't be written: \(error)")
        }
    }

    private func attempt(
        _ step: String, of job: Job, in context: RouteContext, _ progress: (EngineProgress) -> Void, _ isCancelled: () -> Bool
    ) throws -> Outcome {
        let start = ContinuousClock.now
        var next = job
        do throws(StepFailure) {
            let state = try steps.perform(&next, in: context, progress: progress, isCancelled: isCancelled)
            let done = try finish(step, next, in: state, seconds: (ContinuousClock.now - start).inSeconds, context)
            for warning in done.warnings.dropFirst(job.warnings.count) { log.warned(done, step: step, of: warning) }
            return .advanced(done)
        } catch {
            next = job
            switch error {
            case .refused(let refusal): return .advanced(try refuse(next, refusal, at: step))
            case .nameTaken: return .advanced(try rename(next, context))
            case .withdrawn:
                next.state = .withdrawn
                try journal.save(next, at: Self.now())
                log.withdrawn(next)
                return .advanced(next)
            case .waiting(let reason):
                next.attempts = 0
                try journal.save(next, at: Self.now())
                return .waits(reason: reason)
            case .cancelled:
                next.attempts = 0
                try journal.save(next, at: Self.now())
                log.parked(next, step: step)
                return .parked
            }
        }
    }

    private func finish(_ step: String, _ job: Job, in state: JobState, seconds: Double, _ context: RouteContext) throws(StepFailure) -> Job
    {
        var job = job
        job.state = state
        job.attempts = 0
        job.timings.removeAll { $0.step == step }
        job.timings.append(StepDuration(step: step, seconds: seconds))
        do {
            try journal.save(job, at: Self.now(), seconds: seconds)
        } catch {
            throw .waiting(reason: "the journal can't be written: \(error)")
        }
        if state == .published {
            log.published(job, in: context.route.outbox, seconds: Self.now() - job.admitted)
        } else {
            log.finished(step, of: job, seconds: seconds)
        }
        return job
    }

    private func refuse(_ job: Job, _ refusal: Refusal, at step: String) throws -> Job {
        var job = job
        job.refusal = steps.layout.asDropped(refusal, job)
        if job.refusedAt == nil { job.refusedAt = step }
        job.state = .failing
        job.attempts = 0
        try journal.save(job, at: Self.now())
        log.refused(job)
        return job
    }

    /// Results carry the case's name inside and out: under another name they are made anew.
    private func rename(_ job: Job, _ context: RouteContext) throws -> Job {
        var job = job
        let old = job.name
        job.name = try journal.freeName(like: old, route: job.route) { steps.isTaken($0, route: context.route) }
        job.state = .released
        job.attempts = 0
        try journal.save(job, at: Self.now())
        log.renamed(job, from: old)
        return job
    }

    /// s since 1970.
    static func now() -> Double { Date().timeIntervalSince1970 }
}
