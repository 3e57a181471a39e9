package import CasePrediction
import Files
import Foundation
package import Ledger
import ServiceHost
import SystemPackage

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

    package let ledger: JobLedger
    package let steps: JobSteps
    package let events: any EventSink
    /// Jobs that an intake works on.
    package let hold = JobHold()

    /// A step that brought the service down so often is not tried again.
    static let mostDeaths = 3
    /// A case that was set back so often is refused.
    static let mostFailures = 5

    package init(ledger: JobLedger, steps: JobSteps, events: any EventSink) {
        self.ledger = ledger
        self.steps = steps
        self.events = events
    }

    /// Does the next step of a job.
    package func advance(
        _ job: Job, in context: RouteContext, progress: (CaseProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) -> Outcome {
        guard let step = job.state.nextStep else { return .advanced(job) }
        var job = job
        do {
            if context.route.caseNames == .pseudonym, !job.isPseudonymous, job.state.isBetweenInboxAndOutbox {
                return try rename(job, like: job.id, context)
            }
            if job.deaths.count >= Self.mostDeaths, job.state != .failing, job.state != .published {
                let refusal = Refusal(
                    what: "the step \(step) ended the service \(job.deaths.count) times: \(job.deaths.joined(separator: "; "))",
                    advice: "look into the system's journal at that time; drop the case again after an update, or with more memory")
                return .advanced(try refuse(job, refusal, at: step))
            }
            job.attempts += 1
            job.begun = Attempt(begun: Self.now(), marks: .now())
            try ledger.save(job, at: Self.now())
            events.record(.records(.works))
            if job.state == .admitted {
                do {
                    try describe(job)
                } catch let error as Problem {
                    return try wait(job, "the case can't be recorded beside its files: \(error.description)")
                }
            }
            return try CrashRecord.attributing(to: job.id) { try attempt(step, of: job, in: context, progress, isCancelled) }
        } catch {
            events.record(.records(.failed), cause: "\(error)")
            return .waits(reason: "the ledger can't be written: \(error)")
        }
    }

    /// Leaves steps that run at the service's end as if they had not been begun.
    func leaveRunningSteps() {
        do {
            try ledger.leaveRunningSteps()
            events.record(.service(.stepsLeft))
        } catch {
            events.record(.records(.failed), cause: "\(error)")
        }
    }

    private func attempt(
        _ step: String, of job: Job, in context: RouteContext, _ progress: (CaseProgress) -> Void, _ isCancelled: () -> Bool
    ) throws -> Outcome {
        let start = ContinuousClock.now
        var job = job
        job.begun = nil
        var next = job
        let successor = job.state == .published ? try ledger.successor(of: job)?.name : nil
        do throws(StepFailure) {
            if job.state == .released, job.isPseudonymous { try recordPseudonym(of: job) }
            let state = try steps.perform(&next, in: context, successor: successor, progress: progress, isCancelled: isCancelled)
            let done = try finish(step, next, in: state, seconds: (ContinuousClock.now - start).inSeconds, context)
            for warning in done.warnings.dropFirst(job.warnings.count) {
                events.record(.trouble(.warned), of: done, step: step, cause: warning)
            }
            return .advanced(done)
        } catch {
            next = job
            switch error {
            case .refused(let refusal): return .advanced(try refuse(next, refusal, at: step))
            case .nameTaken: return try rename(next, like: next.name, context)
            case .failed(let setback): return try setBack(next, setback, at: step)
            case .withdrawn:
                next.state = .withdrawn
                try record(next)
                events.record(.way(.withdrawn), of: next, step: "claim")
                clear(next)
                return .advanced(next)
            case .waiting(let reason): return try wait(next, reason)
            case .cancelled:
                next.attempts = 0
                try record(next)
                events.record(.way(.parked), of: next, step: step)
                return .parked
            }
        }
    }

    private func finish(_ step: String, _ job: Job, in state: JobState, seconds: Double, _ context: RouteContext) throws(StepFailure) -> Job
    {
        var job = job
        job.state = state
        job.attempts = 0
        job.deaths = []
        job.unexplainedDeaths = 0
        job.timings.removeAll { $0.step == step }
        job.timings.append(StepTiming(step: step, seconds: seconds))
        do {
            try record(job, seconds: seconds)
        } catch {
            throw .waiting(reason: "the ledger can't be written: \(error)")
        }
        let published = ServiceEvent.Way.published(outbox: context.route.outbox, sinceAdmission: Self.now() - job.admitted)
        events.record(.way(state == .published ? published : .stepDone), of: job, step: step, seconds: seconds)
        return job
    }

    /// Records what a job has become: in the ledger, and beside its files for a start without the ledger.
    private func record(_ job: Job, seconds: Double? = nil) throws {
        try ledger.save(job, at: Self.now(), seconds: seconds)
        guard job.state != .admitted, !job.state.isFinal else { return }
        do {
            try describe(job)
        } catch let error as Problem {
            events.record(.trouble(.undescribed), of: job, cause: error.description)
        }
    }

    private func describe(_ job: Job) throws {
        guard let json = try ledger.description(of: job.id) else { return }
        try FileSystem.makeFolder(FilePath(steps.layout.folder(of: job)))
        try FileSystem.write(json, to: FilePath(steps.layout.description(of: job)))
    }

    /// Removes the working folder of a job that is over.
    func clear(_ job: Job) {
        do {
            try steps.clear(job)
        } catch {
            events.record(.trouble(.leftover), of: job, cause: error.description)
        }
    }

    private func refuse(_ job: Job, _ refusal: Refusal, at step: String) throws -> Job {
        var job = job
        let refusal = steps.layout.asDropped(refusal, job)
        job.refusal = refusal
        if job.refusedAt == nil { job.refusedAt = step }
        job.state = .failing
        job.attempts = 0
        try record(job)
        events.record(.trouble(.refused(advice: refusal.advice)), of: job, step: job.refusedAt, cause: refusal.sentence)
        return job
    }

    private func wait(_ job: Job, _ reason: String) throws -> Outcome {
        var job = job
        job.attempts = 0
        job.begun = nil
        try record(job)
        return .waits(reason: reason)
    }

    /// Goes on from the earlier state that the setback names, or tries again later, or refuses the case when that was done often enough.
    private func setBack(_ job: Job, _ setback: Setback, at step: String) throws -> Outcome {
        var job = job
        job.failures += 1
        guard job.failures < Self.mostFailures else {
            let what = "\(setback.reason) (\(job.failures) tries)"
            return .advanced(try refuse(job, Refusal(what: what, advice: setback.advice), at: step))
        }
        guard let state = setback.state else { return try wait(job, setback.reason) }
        job.state = state
        job.attempts = 0
        try record(job)
        events.record(.trouble(.setBack(to: state.nextStep ?? "")), of: job, step: step, cause: setback.reason)
        return .advanced(job)
    }

    /// Results carry the case's name inside and out: under another name they are made anew.
    private func rename(_ job: Job, like name: String, _ context: RouteContext) throws -> Outcome {
        var job = job
        let old = job.name
        do {
            job.name = try ledger.freeName(like: name, route: job.route) { try steps.isTaken($0, route: context.route) }
        } catch let error as Problem {
            return try wait(job, "a free name can't be looked for: \(error.description)")
        }
        job.state = .released
        job.attempts = 0
        try record(job)
        if job.isPseudonymous, !old.hasPrefix(job.id) {
            events.record(.trouble(.pseudonymised), of: job, step: job.state.nextStep)
        } else {
            events.record(.trouble(.renamed(from: old)), of: job, step: "publish")
        }
        return .advanced(job)
    }

    /// Nothing is published under a pseudonym that the table of names doesn't explain.
    private func recordPseudonym(of job: Job) throws(StepFailure) {
        let table = PseudonymTable(path: steps.layout.names)
        do throws(Problem) {
            guard try !table.record(job) else { return }
        } catch {
            throw .waiting(reason: "the table of names can't be written: \(error.description)")
        }
        do {
            try table.rebuild(from: ledger.pseudonymous())
        } catch let error as Problem {
            throw .waiting(reason: "the table of names can't be written: \(error.description)")
        } catch {
            throw .waiting(reason: "the ledger can't be read: \(error)")
        }
    }

    /// s since 1970.
    static func now() -> Double { Date().timeIntervalSince1970 }
}
