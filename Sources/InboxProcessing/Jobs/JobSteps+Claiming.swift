import Files
import Glibc
import Ledger
import SystemPackage

extension JobSteps {
    /// Brings the input into the state directory: by renaming where it lies on the same file system, else by copying. Sources that were
    /// copied stay until the ledger knows of the copies.
    func claim(_ job: Job) throws(StepFailure) -> JobState {
        let taken: (vanished: [String], changed: [String])
        do throws(Problem) {
            taken = try takeFiles(of: job)
        } catch {
            throw .waiting(
                reason: "the case can't be taken from the inbox: \(error.description) This service's user needs to read and write there.")
        }
        if job.files.allSatisfy({ $0.earlier != nil || taken.vanished.contains($0.path) }) { throw .withdrawn }
        let lost = (taken.vanished + taken.changed).sorted()
        guard lost.isEmpty else {
            throw .refused(
                Refusal(
                    what:
                        "\(taken.vanished.count) file(s) vanished and \(taken.changed.count) changed while the case was taken from the inbox: "
                        + lost.prefix(5).joined(separator: ", ") + (lost.count > 5 ? ", …" : ""),
                    advice: "let the sender finish, or raise settle_seconds, then drop the whole case again"))
        }
        return .claimed
    }

    /// Brings every file that is still there into the input folder, flushed; gives those that aren't there or are no longer the same.
    private func takeFiles(of job: Job) throws(Problem) -> (vanished: [String], changed: [String]) {
        let input = layout.input(of: job)
        var (vanished, changed) = ([String](), [String]())
        var folders: Set<FilePath> = []
        try FileSystem.makeFolder(FilePath(input))
        for file in job.files {
            let (source, target) = (FilePath(job.inbox + "/" + file.path), FilePath(input + "/" + file.path))
            if file.earlier != nil {
                if try !joinEarlier(file, of: job, to: target) { vanished.append(file.path) }
                folders.insert(target.parent)
                continue
            }
            if try FileSystem.facts(of: target) == nil {
                guard try FileSystem.facts(of: source)?.kind == .file else {
                    vanished.append(file.path)
                    continue
                }
                if !folders.contains(target.parent) { try FileSystem.makeFolder(target.parent) }
                try take(source, to: target)
                folders.formUnion([target.parent, source.parent])
            }
            if try FileSystem.facts(of: target)?.size != file.facts.size { changed.append(file.path) }
        }
        for folder in folders { try FileSystem.synchronizeFolder(folder) }
        return (vanished, changed)
    }

    /// Takes a file of an earlier case in again, which keeps it; whether it was still there.
    private func joinEarlier(_ file: Job.File, of job: Job, to target: FilePath) throws(Problem) -> Bool {
        guard try FileSystem.facts(of: target) == nil else { return true }
        guard let earlier = job.earlier, let kept = try layout.kept(file, of: earlier, route: job.route) else { return false }
        try FileSystem.makeFolder(target.parent)
        try FileSystem.copy(kept, to: target)
        return true
    }

    /// A rename keeps the file; across file systems it is copied, flushed, and the source stays for `release`.
    private func take(_ source: FilePath, to target: FilePath) throws(Problem) {
        do {
            try FileSystem.renameWithoutReplacing(source, to: target, flush: false)
        } catch {
            guard error.cause?.isAcrossFileSystems == true else { throw error }
            try FileSystem.copy(source, to: target)
        }
    }

    /// Removes sources that were copied, if they are still the files that were admitted. Folders that this leaves empty are the intake's.
    func release(_ job: Job) throws(StepFailure) -> JobState {
        let inbox = FilePath(job.inbox)
        do throws(Problem) {
            for file in job.files where file.earlier == nil {
                let source = inbox.appending(FilePath(file.path))
                guard let facts = try FileSystem.facts(of: source), facts.isUnchanged(file.facts),
                    try FileSystem.facts(of: FilePath(layout.input(of: job) + "/" + file.path)) != nil
                else { continue }
                try FileSystem.removeFile(source)
            }
        } catch {
            throw .waiting(
                reason: "\(error.description) The case is safe in the state directory; give permission to remove it from the inbox.")
        }
        return .released
    }
}
