import CasePrediction
package import Files
package import Ledger
package import SystemPackage

/// Where things lie in the state directory.
package struct StateLayout: Sendable {
    /// The state directory, absolute.
    package let root: String

    package init(root: String) { self.root = root }

    package var ledger: String { JobLedger.path(in: root) }
    /// Which dropped name each published pseudonym stands for.
    package var names: FilePath { FilePath(root + "/names.tsv") }
    package var lock: FilePath { FilePath(root + "/lock") }
    /// Where a crash leaves its signal.
    package var crash: FilePath { FilePath(root + "/crash") }
    /// Where the service manager's word on the last end lies.
    package var end: FilePath { FilePath(root + "/end.json") }
    package var work: String { root + "/work" }
    package var quarantine: String { root + "/quarantine" }

    /// What the intake of one route remembers.
    package func intake(_ route: String) -> String { "\(root)/intake/\(route).json" }
    package var processed: String { root + "/processed" }

    /// Processed input of one route.
    package func processed(_ route: String) -> String { "\(processed)/\(route)" }

    /// Everything of one job.
    package func folder(of job: Job) -> String { "\(work)/\(job.id)" }
    /// The job as the ledger has it, for a start without ledger.
    package func description(of job: Job) -> String { folder(of: job) + "/" + Self.descriptionName }
    static let descriptionName = "job.json"
    /// The files as they were dropped.
    package func input(of job: Job) -> String { folder(of: job) + "/input" }
    /// nnU-Net's input files.
    package func converted(of job: Job) -> String { folder(of: job) + "/converted" }
    /// Mask, overlay and report.
    package func result(of job: Job) -> String { folder(of: job) + "/result" }
    /// The quarantine folder while it is being filled.
    package func refused(of job: Job) -> String { folder(of: job) + "/refused" }

    /// The refusal with what was dropped in place of files of ours that will be gone: a converted channel is the image it came from, or the
    /// folder of its DICOM series.
    func asDropped(_ refusal: Refusal, _ job: Job) -> Refusal {
        let images = job.files.filter(\.isImage).map(\.path)
        let sources = job.kind == .dicom ? images.prefix(1).map { $0.split(separator: "/").first.map(String.init) ?? $0 } : images
        var result = refusal
        for (channel, source) in sources.enumerated() {
            result = result.replacing(converted(of: job) + "/" + CaseNaming.channelFile(job.name, channel: channel), with: source)
        }
        return result.relative(to: input(of: job)).relative(to: job.inbox)
    }

    /// Makes the folders that are always there.
    package func prepare() throws(Problem) {
        for folder in [work, quarantine, processed] { try FileSystem.makeFolder(FilePath(folder)) }
    }
}

/// Where a route publishes.
package struct OutboxLayout: Sendable {
    /// The outbox, absolute.
    package let root: String

    package init(root: String) { self.root = root }

    /// The hidden folder in which results are put together; on the outbox's own file system, so that publishing is one rename.
    package var staging: String { root + "/" + Self.stagingName }
    static let stagingName = ".nnunetd"
    /// Holds a job's staged case folder until it is published; that it is there and empty says that the case was published.
    package func wrapper(of job: Job) -> String { "\(staging)/\(job.id)" }
    /// The case folder before it is published.
    package func staged(_ job: Job) -> String { wrapper(of: job) + "/" + job.name }
    /// The published case folder.
    package func published(_ name: String) -> String { "\(root)/\(name)" }
}

extension JobSteps {
    /// Removes the working folder of a job that is over. What fails may be repeated at the next start.
    package func clear(_ job: Job) throws(Problem) {
        guard job.state.isFinal else { return }
        try FileSystem.removeTree(FilePath(layout.folder(of: job)))
    }
}
