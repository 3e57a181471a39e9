import Files
import Foundation
import Ledger

extension JobSteps {
    /// Puts the input and an `error.json` into `quarantine/<case>/`, which appears by one rename.
    func quarantine(_ job: Job, _ outbox: OutboxLayout?) throws(StepFailure) -> JobState {
        _ = try release(job)
        let (input, refused) = (RawPath(layout.input(of: job)), RawPath(layout.refused(of: job)))
        let refusal = job.refusal ?? Refusal(what: "the reason was not recorded", advice: "drop the case again")
        do throws(Problem) {
            let (hasInput, hasRefused) = (try FileSystem.facts(of: input) != nil, try FileSystem.facts(of: refused) != nil)
            if hasInput || hasRefused {
                try FileSystem.makeFolder(refused)
                if hasInput { try FileSystem.renameWithoutReplacing(input, to: refused.appending(RawPath("input"))) }
                let record = QuarantineRecord(job, refusal: refusal, at: Date())
                guard let json = try? record.json() else { throw Problem.refused("put into words", path: refused, code: EINVAL) }
                try FileSystem.write(json, to: refused.appending(RawPath("error.json")))
                try FileSystem.makeFolder(RawPath(layout.quarantine))
                try moveToFreeName(refused, in: RawPath(layout.quarantine), like: job.name)
            }
            if let outbox, try FileSystem.facts(of: RawPath(outbox.wrapper(of: job))) != nil {
                try FileSystem.removeTree(RawPath(outbox.wrapper(of: job)))
                FileSystem.removeEmptyFolder(RawPath(outbox.staging))
            }
            return .quarantined
        } catch {
            throw .waiting(reason: "the refused case can't be put into quarantine: \(error.description)")
        }
    }
}
