import Files
import Foundation
import Ledger
import SystemPackage

extension JobSteps {
    /// Puts the input and an `error.json` into `quarantine/<case>/`, which appears by one rename.
    func quarantine(_ job: Job, _ outbox: OutboxLayout?) throws(StepFailure) -> JobState {
        _ = try release(job)
        let (input, refused) = (FilePath(layout.input(of: job)), FilePath(layout.refused(of: job)))
        let refusal = job.refusal ?? Refusal(what: "the reason was not recorded", advice: "drop the case again")
        do throws(Problem) {
            let (hasInput, hasRefused) = (try FileSystem.facts(of: input) != nil, try FileSystem.facts(of: refused) != nil)
            if hasInput || hasRefused {
                try FileSystem.makeFolder(refused)
                if hasInput { try FileSystem.renameWithoutReplacing(input, to: refused.appending(FilePath("input"))) }
                let record = QuarantineRecord(job, refusal: refusal, at: Date())
                guard let json = try? record.json() else { throw Problem.refused("put into words", path: refused, .unsuitable) }
                try FileSystem.write(json, to: refused.appending(FilePath("error.json")))
                try FileSystem.makeFolder(FilePath(layout.quarantine))
                try moveToFreeName(refused, in: FilePath(layout.quarantine), like: job.name)
            }
            if let outbox, try FileSystem.facts(of: FilePath(outbox.wrapper(of: job))) != nil {
                try FileSystem.removeTree(FilePath(outbox.wrapper(of: job)))
                FileSystem.removeEmptyFolder(FilePath(outbox.staging))
            }
            return .quarantined
        } catch {
            throw .waiting(reason: "the refused case can't be put into quarantine: \(error.description)")
        }
    }
}
