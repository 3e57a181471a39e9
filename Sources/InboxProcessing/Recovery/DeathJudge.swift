package import Ledger

/// Judges, at the start, what became of the steps that an earlier process began and did not end.
package struct DeathJudge {
    private let ledger: JobLedger
    private let events: any EventSink

    package init(ledger: JobLedger, events: any EventSink) {
        self.ledger = ledger
        self.events = events
    }

    /// Notes the deaths at their jobs; what counts makes a job a suspect, which runs after the others.
    package func judge(_ evidence: Death.Evidence, at time: Double) throws {
        for id in try ledger.unfinishedIDs() {
            guard var job = try ledger.job(id), let attempt = job.begun else { continue }
            let death = Death(of: attempt, part: job.id, usesTeam: job.state.usesTeam, evidence: evidence)
            job.begun = nil
            job.attempts = 0
            if death.counts { job.deaths.append(death.words) }
            if death == .unknown { job.unexplainedDeaths += 1 }
            try ledger.save(job, at: time)
            events.record(.trouble(.died(death, count: job.deaths.count)), of: job, step: job.state.nextStep ?? "")
        }
    }
}
