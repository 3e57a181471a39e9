import CasePrediction
import ServiceHost

extension JobSteps {
    /// Copies the results into a hidden folder of the outbox's own file system, flushed.
    func export(_ job: Job, _ outbox: OutboxLayout) throws(StepFailure) -> JobState {
        do throws(FileSystemError) {
            guard try FileSystem.facts(of: RawPath(outbox.root + "/.")) != nil else {
                throw FileSystemError(action: "found", path: RawPath(outbox.root), code: 2)
            }
            try FileSystem.removeTree(RawPath(outbox.wrapper(of: job)))
            try FileSystem.makeFolder(RawPath(outbox.staged(job)))
            let result = RawPath(layout.result(of: job))
            for name in try FileSystem.names(in: result) ?? [] {
                try FileSystem.copy(result.appending(name), to: RawPath(outbox.staged(job)).appending(name))
            }
            return .exported
        } catch {
            throw .waiting(reason: "results can't be put into the outbox: \(error.description)")
        }
    }

    /// Reads back what was staged: the same bytes as computed, and the mask on the grid of the input.
    func verify(_ job: Job, _ context: RouteContext) throws(StepFailure) -> JobState {
        let (result, staged) = (RawPath(layout.result(of: job)), RawPath(context.outbox.staged(job)))
        do throws(FileSystemError) {
            let names = try FileSystem.names(in: result) ?? []
            guard try FileSystem.names(in: staged) == names else { return .predicted }
            for name in names where !(try FileSystem.haveEqualContent(result.appending(name), staged.appending(name))) {
                throw FileSystemError(action: "read back as it was written", path: staged.appending(name), code: 5)
            }
        } catch {
            throw .waiting(reason: "results in the outbox can't be verified: \(error.description)")
        }
        try context.engine.verify(job.name, in: context.outbox.staged(job), of: channelPaths(of: job, context))
        return .verified
    }

    /// Lets the case appear in the outbox by one rename. A wrapper that is already empty says that this had happened.
    func publish(_ job: Job, _ outbox: OutboxLayout) throws(StepFailure) -> JobState {
        do throws(FileSystemError) {
            guard try FileSystem.facts(of: RawPath(outbox.wrapper(of: job))) != nil else { return .predicted }
            guard try FileSystem.facts(of: RawPath(outbox.staged(job))) != nil else { return .published }
            try FileSystem.renameWithoutReplacing(RawPath(outbox.staged(job)), to: RawPath(outbox.published(job.name)))
            return .published
        } catch {
            if error.isCollision { throw .nameTaken }
            throw .waiting(reason: "results can't be published: \(error.description)")
        }
    }

    /// Keeps the input under `processed` and clears the staging folder away. A published case is never refused: whatever fails here waits.
    func archive(_ job: Job, _ outbox: OutboxLayout) throws(StepFailure) -> JobState {
        do throws(FileSystemError) {
            let input = RawPath(layout.input(of: job))
            if try FileSystem.facts(of: input) != nil {
                let kept = RawPath(layout.processed(job.route))
                try FileSystem.makeFolder(kept)
                try moveToFreeName(input, in: kept, like: job.name)
            }
            try FileSystem.removeTree(RawPath(outbox.wrapper(of: job)))
            FileSystem.removeEmptyFolder(RawPath(outbox.staging))
            return .done
        } catch {
            throw .waiting(reason: "the published case's input can't be put away: \(error.description)")
        }
    }

    /// Renames to the name itself or, where it is taken, with `_2`, `_3` … appended.
    func moveToFreeName(_ source: RawPath, in folder: RawPath, like name: String) throws(FileSystemError) {
        var candidate = name
        var counter = 2
        while true {
            do {
                return try FileSystem.renameWithoutReplacing(source, to: folder.appending(RawPath(candidate)))
            } catch {
                guard error.isCollision else { throw error }
                candidate = "\(name)_\(counter)"
                counter += 1
            }
        }
    }
}
