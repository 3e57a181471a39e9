import CasePrediction
import Files
import Ledger
import Reporting
import SystemPackage

extension JobSteps {
    /// Copies the results into a hidden folder of the outbox's own file system, flushed.
    func export(_ job: Job, _ outbox: OutboxLayout) throws(StepFailure) -> JobState {
        do throws(Problem) {
            guard try FileSystem.facts(of: FilePath(outbox.root + "/.")) != nil else {
                throw Problem.refused("found", path: FilePath(outbox.root), .absent)
            }
            try FileSystem.removeTree(FilePath(outbox.wrapper(of: job)))
            try FileSystem.makeFolder(FilePath(outbox.staged(job)))
            let result = FilePath(layout.result(of: job))
            if let names = try FileSystem.names(in: result), !names.isEmpty {
                for name in names { try FileSystem.copy(result.appending(name), to: FilePath(outbox.staged(job)).appending(name)) }
                return .exported
            }
        } catch {
            throw .waiting(reason: "results can't be put into the outbox: \(error.description)")
        }
        throw .failed(Self.resultsGone)
    }

    private static let resultsGone = Setback(reason: "the results are gone from the state directory", to: .converted)

    /// Reads back what was staged: the same bytes as computed, and the mask on the grid of the input.
    func verify(_ job: Job, _ context: RouteContext) throws(StepFailure) -> JobState {
        let (result, staged) = (FilePath(layout.result(of: job)), FilePath(context.outbox.staged(job)))
        let setback: Setback?
        do throws(Problem) {
            setback = try difference(of: staged, from: result)
        } catch {
            throw .waiting(reason: "results in the outbox can't be verified: \(error.description)")
        }
        if let setback { throw .failed(setback) }
        try context.engine.verify(job.name, in: context.outbox.staged(job), of: channelPaths(of: job, context))
        return .verified
    }

    /// What the staged folder holds otherwise than the results do; nil when both are equal.
    private func difference(of staged: FilePath, from result: FilePath) throws(Problem) -> Setback? {
        guard let names = try FileSystem.names(in: result), !names.isEmpty else { return Self.resultsGone }
        guard let found = try FileSystem.names(in: staged) else {
            return Setback(reason: "\(staged.shown) is gone from the outbox", to: .predicted)
        }
        guard found == names else {
            return Setback(
                reason: "\(staged.shown) holds \(Self.list(found)) after \(Self.list(names)) were written",
                advice: "the outbox's file system changes names or loses files; give the route another outbox and drop the case again",
                to: .predicted)
        }
        for name in names where !(try FileSystem.haveEqualContent(result.appending(name), staged.appending(name))) {
            return Setback(
                reason: "\(staged.appending(name).shown) does not read back as it was written",
                advice: "check the outbox's disk, then drop the case again", to: .predicted)
        }
        return nil
    }

    private static func list(_ names: [FilePath]) -> String {
        names.isEmpty ? "nothing" : names.map(\.shown).joined(separator: ", ")
    }

    /// Lets the case appear in the outbox by one rename. A wrapper that is already empty says that this had happened.
    func publish(_ job: Job, _ outbox: OutboxLayout) throws(StepFailure) -> JobState {
        do throws(Problem) {
            if try FileSystem.facts(of: FilePath(outbox.wrapper(of: job))) != nil {
                guard try FileSystem.facts(of: FilePath(outbox.staged(job))) != nil else { return .published }
                try FileSystem.renameWithoutReplacing(FilePath(outbox.staged(job)), to: FilePath(outbox.published(job.name)))
                return .published
            }
        } catch {
            if error.kind == .occupied { throw .nameTaken }
            throw .waiting(reason: "results can't be published: \(error.description)")
        }
        throw .failed(Setback(reason: "\(outbox.wrapper(of: job)) is gone from the outbox", to: .predicted))
    }

    /// Keeps the input under `processed` and clears the staging folder away. A published case is never refused: whatever fails here waits.
    ///
    /// - `successor`: a case that has taken this one's place and was published first.
    func archive(_ job: Job, _ outbox: OutboxLayout, successor: String?) throws(StepFailure) -> JobState {
        do throws(Problem) {
            let input = FilePath(layout.input(of: job))
            if try FileSystem.facts(of: input) != nil {
                let kept = FilePath(layout.processed(job.route))
                try FileSystem.makeFolder(kept)
                try moveToFreeName(input, in: kept, like: job.name)
            }
            if let earlier = job.earlier, !earlier.isRefused {
                try nameSuccessor(job.name, of: earlier.name, in: outbox)
            }
            if let successor { try nameSuccessor(successor, of: job.name, in: outbox) }
            try FileSystem.removeTree(FilePath(outbox.wrapper(of: job)))
            FileSystem.removeEmptyFolder(FilePath(outbox.staging))
            return .done
        } catch {
            throw .waiting(reason: "the published case's input can't be put away: \(error.description)")
        }
    }

    /// Says in the report of a published case which case has taken its place; where the report has left the outbox, there is nothing to say.
    private func nameSuccessor(_ successor: String, of name: String, in outbox: OutboxLayout) throws(Problem) {
        let path = FilePath("\(outbox.published(name))/\(name).json")
        guard try FileSystem.facts(of: path) != nil else { return }
        let text = try FileSystem.readText(path, limit: CaseReport.longest)
        // What is no report of ours stays as it is.
        guard var report = try? CaseReport(json: Array(text.utf8)), report.supersededBy != successor else { return }
        report.supersededBy = successor
        guard let json = try? report.json() else { return }
        try FileSystem.write(json, to: path)
    }

    /// Renames to the name itself or, where it is taken, with `_2`, `_3` … appended; gives the new place.
    @discardableResult
    func moveToFreeName(_ source: FilePath, in folder: FilePath, like name: String) throws(Problem) -> FilePath {
        var counter = 1
        while true {
            let target = folder.appending(FilePath(counter == 1 ? name : "\(name)_\(counter)"))
            do {
                try FileSystem.renameWithoutReplacing(source, to: target)
                return target
            } catch {
                guard error.kind == .occupied, counter < Self.mostNamesakes else { throw error }
                counter += 1
            }
        }
    }

    /// So many folders may be told apart by a number after their name.
    private static let mostNamesakes = 100_000
}
