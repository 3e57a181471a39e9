import CasePrediction
import ServiceHost

/// The arrows of a case's way: each does its work, may be repeated, and says which state that gives. Recording it is the driver's.
package struct JobSteps: Sendable {
    package let layout: StateLayout

    package init(layout: StateLayout) { self.layout = layout }

    /// Whether a name is in use where a case of this route would be published or kept.
    package func isTaken(_ name: String, route: ServiceConfiguration.Route) -> Bool {
        let places = [OutboxLayout(root: route.outbox).published(name), layout.processed(route.name) + "/" + name]
        return places.contains { path in
            do { return try FileSystem.facts(of: RawPath(path)) != nil } catch { return true }
        }
    }

    /// Does the next step of a job and gives the state it is in then.
    ///
    /// - progress: how far a prediction is.
    /// - isCancelled: asked during the prediction.
    package func perform(
        _ job: inout Job, in context: RouteContext, progress: (EngineProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(StepFailure) -> JobState {
        switch job.state {
        case .admitted: try claim(job)
        case .claimed: try release(job)
        case .released: try convert(&job, context)
        case .converted: try predict(&job, context, progress, isCancelled)
        case .predicted: try export(job, context.outbox)
        case .exported: try verify(job, context)
        case .verified: try publish(job, context.outbox)
        case .published: try archive(job, context.outbox)
        case .failing: try quarantine(job, context.outbox)
        case .done, .quarantined, .withdrawn: job.state
        }
    }

    private func convert(_ job: inout Job, _ context: RouteContext) throws(StepFailure) -> JobState {
        if let refusal = job.refusal { throw .refused(refusal) }
        let paths = job.files.filter(\.isImage).map { layout.input(of: job) + "/" + $0.path }
        try makeEmptyFolder(layout.converted(of: job))
        let input: CaseInput = job.kind == .dicom ? .dicom(paths) : .nifti(paths)
        let conversion = try waitingIfFull { () throws(StepFailure) in
            try context.engine.convert(input, name: job.name, into: layout.converted(of: job))
        }
        job.series = conversion.series
        job.warnings += conversion.warnings.filter { !job.warnings.contains($0) }
        return .converted
    }

    private func predict(
        _ job: inout Job, _ context: RouteContext, _ progress: (EngineProgress) -> Void, _ isCancelled: () -> Bool
    ) throws(StepFailure) -> JobState {
        try makeEmptyFolder(layout.result(of: job))
        let task = PredictionTask(
            name: job.name, fileCount: job.files.filter(\.isImage).count, series: job.series, channelPaths: channelPaths(of: job, context),
            warnings: job.warnings, timings: job.timings)
        let result = layout.result(of: job)
        job.warnings += try waitingIfFull { () throws(StepFailure) in
            try context.engine.predict(task, into: result, progress: progress, isCancelled: isCancelled)
        }
        return .predicted
    }

    func channelPaths(of job: Job, _ context: RouteContext) -> [String] {
        (0..<context.engine.channelCount).map { layout.converted(of: job) + "/" + CaseNaming.channelFile(job.name, channel: $0) }
    }

    func makeEmptyFolder(_ path: String) throws(StepFailure) {
        do {
            try FileSystem.removeTree(RawPath(path))
            try FileSystem.makeFolder(RawPath(path))
        } catch {
            throw StepFailure(error)
        }
    }

    /// A refusal while the state directory is full says nothing about the case.
    private func waitingIfFull<Value>(_ body: () throws(StepFailure) -> Value) throws(StepFailure) -> Value {
        do {
            return try body()
        } catch {
            guard case .refused = error, let free = FileSystem.freeBytes(at: RawPath(layout.root)), free < Self.leastFreeBytes else {
                throw error
            }
            throw .waiting(reason: "the state directory \(layout.root) is full; free some space")
        }
    }

    /// With less than this a failed write is taken for a full disk.
    private static let leastFreeBytes = 32 << 20
}
