import Files
import Foundation
import InboxProcessing
import Ledger
import SystemPackage
import TestSupport

/// A hospital in a temporary folder: one inbox, one outbox, one state directory.
final class Site: Sendable {
    let root: String
    private let owner: TemporaryFolder?

    init() throws {
        let folder = try TemporaryFolder()
        owner = folder
        root = folder.path
        try prepare()
    }

    /// The site of another process; its folder is not removed at the end.
    init(at root: String) throws {
        owner = nil
        self.root = root
        try prepare()
    }

    private func prepare() throws {
        for name in ["in", "out", "state"] {
            try FileManager.default.createDirectory(atPath: "\(root)/\(name)", withIntermediateDirectories: true)
        }
        try layout.prepare()
    }

    var inbox: String { root + "/in" }
    var outbox: String { root + "/out" }
    var layout: StateLayout { StateLayout(root: root + "/state") }

    var route: ServiceConfiguration.Route {
        ServiceConfiguration.Route(name: "liver", inbox: inbox, outbox: outbox, models: [])
    }

    func context(_ engine: FakeEngine = FakeEngine()) -> RouteContext { RouteContext(route: route, engine: engine) }

    func driver(_ events: any EventSink = EventSinks([])) throws -> JobDriver {
        JobDriver(ledger: try JobLedger(path: layout.ledger), steps: JobSteps(layout: layout), events: events)
    }

    func drop(_ name: String, _ content: String = "voxels") throws {
        let url = URL(filePath: "\(inbox)/\(name)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: url)
        // A process that another test is starting has a copy of the descriptor until it runs.
        while OpenFileProbe.probe(FilePath(url.path)) == .open { sched_yield() }
    }

    func intake(
        _ engine: FakeEngine = FakeEngine(), settle: Duration = .seconds(10), incompleteAfter: Duration = .seconds(100),
        writing: Set<String> = [], probe: @escaping DropUse.Probe = OpenFileProbe.probe
    ) throws -> RouteIntake {
        let paths = Set(writing.map { FilePath(inbox + "/" + $0) })
        return RouteIntake(
            context: context(engine), times: .init(settle: settle, incompleteAfter: incompleteAfter), recognizer: FakeRecognizer(),
            driver: try driver(), activity: { _ in (paths, []) }, probe: probe)
    }

    /// Lets what lies in the inbox settle and takes it on.
    func admit(_ engine: FakeEngine = FakeEngine()) throws -> [Job] {
        var intake = try intake(engine)
        let now = ContinuousClock.now
        _ = try intake.look(at: now)
        return try intake.look(at: now + .seconds(1000)).jobs
    }

    /// Records the loose file `a.nii.gz` as a case and leaves it in the inbox.
    func record(_ driver: JobDriver, inbox: String? = nil, willAdmit: (String) -> Void = { _ in }) throws -> Job {
        let inbox = inbox ?? self.inbox
        guard let facts = try FileSystem.facts(of: FilePath(inbox + "/a.nii.gz")) else { throw CocoaError(.fileNoSuchFile) }
        return try driver.ledger.admit(
            [CasePlan(name: "a", kind: .nifti, files: ["a.nii.gz"]).newCase([FilePath("a.nii.gz"): facts])], route: "liver", inbox: inbox,
            at: 1, isTaken: { _ in false }, willAdmit: willAdmit)[0]
    }

    /// Takes a job step by step into a state; a step that does not end is an error.
    func advance(_ job: Job, to state: JobState, by driver: JobDriver) throws -> Job {
        var job = job
        while job.state != state {
            let outcome = driver.advance(job, in: context())
            guard case .advanced(let next) = outcome, !job.state.isFinal else { throw Stuck(state: job.state, outcome: outcome) }
            job = next
        }
        return job
    }

    /// A job that did not reach the state it was to reach.
    struct Stuck: Error {
        let state: JobState
        let outcome: JobDriver.Outcome
    }

    /// Takes every job as far as it goes.
    func work(_ engine: FakeEngine = FakeEngine(), driver: JobDriver? = nil) throws {
        let driver = try driver ?? self.driver()
        for id in try driver.ledger.unfinishedIDs() {
            while let job = try driver.ledger.job(id), !job.state.isFinal {
                guard case .advanced = driver.advance(job, in: context(engine)) else { break }
            }
        }
    }

    /// Everything below a folder, files and folders, sorted; SQLite's files left out.
    func tree(_ folder: String) -> [String] {
        (FileManager.default.subpaths(atPath: "\(root)/\(folder)") ?? []).filter { !$0.contains("journal.sqlite") && $0 != "lock" }.sorted()
    }

    func content(_ path: String) -> String? {
        FileManager.default.contents(atPath: "\(root)/\(path)").map { String(decoding: $0, as: UTF8.self) }
    }
}

extension JobDriver.Outcome {
    /// The job as it is after a step that was done; nil where it waits, is parked or was left.
    var job: Job? { if case .advanced(let job) = self { job } else { nil } }
}
