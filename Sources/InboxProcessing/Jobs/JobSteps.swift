package import CasePrediction
package import Files
package import Ledger
import Reporting
import SystemPackage

/// The arrows of a case's way: each does its work, may be repeated, and says which state that gives. Recording it is the driver's.
package struct JobSteps: Sendable {
    package let layout: StateLayout

    package init(layout: StateLayout) { self.layout = layout }

    /// Whether a name is in use where a case of this route would be published or kept; throws where such a place can't be asked.
    package func isTaken(_ name: String, route: ServiceConfiguration.Route) throws(Problem) -> Bool {
        for path in [OutboxLayout(root: route.outbox).published(name), layout.processed(route.name) + "/" + name]
        where try FileSystem.facts(of: FilePath(path)) != nil {
            return true
        }
        return false
    }

    /// Does the next step of a job and gives the state it is in then.
    ///
    /// - `successor`: the name of a case that has taken this one's place and was published first.
    /// - `progress`: how far a prediction is.
    /// - `isCancelled`: asked during long steps.
    package func perform(
        _ job: inout Job, in context: RouteContext, successor: String? = nil, progress: (CaseProgress) -> Void = { _ in },
        isCancelled: () -> Bool = { false }
    ) throws(StepFailure) -> JobState {
        try confirmFolders(of: job, in: context)
        return switch job.state {
        case .admitted: try claim(job)
        case .claimed: try release(job)
        case .released: try convert(&job, context, isCancelled)
        case .converted: try predict(&job, context, progress, isCancelled)
        case .predicted: try export(job, context.outbox)
        case .exported: try verify(job, context)
        case .verified: try publish(job, context.outbox)
        case .published: try archive(job, context.outbox, successor: successor)
        case .failing: try quarantine(job, context.outbox)
        case .done, .quarantined, .withdrawn: job.state
        }
    }

    /// A folder whose disk is away is neither empty nor a place for results.
    private func confirmFolders(of job: Job, in context: RouteContext) throws(StepFailure) {
        do throws(Problem) {
            switch job.state {
            case .admitted, .claimed: try context.confirm(job.inbox)
            case .predicted, .exported, .verified, .published: try context.confirm(context.route.outbox)
            case .failing where ["admit", "claim", "release"].contains(job.refusedAt ?? ""): try context.confirm(job.inbox)
            case .failing, .released, .converted, .done, .quarantined, .withdrawn: break
            }
        } catch {
            throw .waiting(reason: error.description)
        }
    }

    private func convert(_ job: inout Job, _ context: RouteContext, _ isCancelled: () -> Bool) throws(StepFailure) -> JobState {
        if let refusal = job.refusal { throw .refused(refusal) }
        let paths = job.files.filter(\.isImage).map { layout.input(of: job) + "/" + $0.path }
        try makeEmptyFolder(layout.converted(of: job))
        let input: CaseInput = job.kind == .dicom ? .dicom(paths) : .nifti(paths)
        let conversion = try waitingIfAway(paths) { () throws(StepFailure) in
            try context.engine.convert(input, name: job.name, into: layout.converted(of: job), isCancelled: isCancelled)
        }
        job.series = conversion.series
        job.warnings += conversion.warnings.filter { !job.warnings.contains($0) }
        return .converted
    }

    private func predict(
        _ job: inout Job, _ context: RouteContext, _ progress: (CaseProgress) -> Void, _ isCancelled: () -> Bool
    ) throws(StepFailure) -> JobState {
        let channels = channelPaths(of: job, context)
        guard try areThere(channels) else { throw .failed(Setback(reason: "the converted images are gone", to: .released)) }
        try makeEmptyFolder(layout.result(of: job))
        let (record, result) = (record(of: job, channels: channels), layout.result(of: job))
        let found = try waitingIfAway(channels) { () throws(StepFailure) in
            try context.engine.predict(record, into: result, progress: progress, isCancelled: isCancelled)
        }
        job.warnings += found.filter { !job.warnings.contains($0) }
        return .predicted
    }

    /// What the case's files may say of it.
    private func record(of job: Job, channels: [String]) -> CaseRecord {
        let input = CaseReport.Input(
            format: job.series == nil ? "nifti" : "dicom", fileCount: job.files.count(where: \.isImage), channelCount: channels.count,
            modality: job.series?.modality, seriesNumber: job.series?.number,
            inboxPaths: job.inboxPaths.isEmpty ? nil : job.inboxPaths)
        let warnings = job.publishedWarnings
        let identity = CaseReport.Identity(
            name: job.name, id: job.id, route: job.route,
            supersedes: job.earlier.flatMap { $0.isRefused ? nil : job.isPseudonymous ? $0.id : $0.name })
        return CaseRecord(
            files: CaseFiles(name: job.name, channelPaths: channels), identity: identity, input: input,
            assumesWholeness: warnings.contains(CasePlan.assumption), warnings: warnings, timings: job.timings)
    }

    func channelPaths(of job: Job, _ context: RouteContext) -> [String] {
        (0..<context.engine.channelCount).map { layout.converted(of: job) + "/" + CaseNaming.channelFile(job.name, channel: $0) }
    }

    func makeEmptyFolder(_ path: String) throws(StepFailure) {
        do {
            try FileSystem.removeTree(FilePath(path))
            try FileSystem.makeFolder(FilePath(path))
        } catch {
            throw StepFailure(error)
        }
    }

    private func areThere(_ paths: [String]) throws(StepFailure) -> Bool {
        do throws(Problem) {
            for path in paths where try FileSystem.facts(of: FilePath(path)) == nil { return false }
            return true
        } catch {
            throw .waiting(reason: error.description)
        }
    }

    /// A refusal says nothing about the case while the state directory is full, can't be asked, or doesn't give its files.
    private func waitingIfAway<Value>(_ files: [String], _ body: () throws(StepFailure) -> Value) throws(StepFailure) -> Value {
        do {
            return try body()
        } catch {
            guard case .refused = error, let reason = outage(reading: files) else { throw error }
            throw .waiting(reason: reason)
        }
    }

    /// What keeps the state directory from giving and taking files; nil when it does.
    private func outage(reading files: [String]) -> String? {
        do throws(Problem) {
            guard try FileSystem.freeBytes(at: FilePath(layout.root)) >= Self.leastFreeBytes else {
                return "the state directory \(layout.root) is full; free some space"
            }
            for file in files where try FileSystem.facts(of: FilePath(file)) != nil { try FileSystem.readThrough(FilePath(file)) }
            return nil
        } catch {
            return error.kind == .unavailable ? error.description : nil
        }
    }

    /// With less than this a failed write is taken for a full disk.
    private static let leastFreeBytes = 32 << 20
}
