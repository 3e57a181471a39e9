import ArgumentParser
import Files
import Foundation
import Ledger
import PythonFormats
import SystemPackage

/// Which case of the daemon's is whose: its ledger, read only.
struct CasesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases",
        abstract: "Say which of nnunetd's cases is which: id, state, route, name, and where in the inbox it came from.",
        discussion: """
            The daemon's log speaks of a case by its id alone. This command reads its ledger, for which membership in the service's group is \
            enough, and shows one line for each case, or all about those that are asked for by id, name, or dropped file or folder.

            EXAMPLES
              nnunet cases
              nnunet cases bk4x2m9t
              nnunet cases exam_7 --json
            """)

    @Argument(help: "Ids, names, or dropped files or folders.")
    var cases: [String] = []

    @Option(name: .customLong("state"), help: "The daemon's state directory.")
    var state = "/var/lib/nnunetd"

    @Flag(name: .customLong("json"), help: "Print JSON: a list of cases with everything that is known of each.")
    var isJSON = false

    func run() throws {
        let (jobs, waiting) = try found()
        let facts = waiting.map { Self.facts(about: $0) } + jobs.map { Self.facts(about: $0) }
        if isJSON {
            Console.line(OrderedJSON.array(facts.map(\.json)).pythonText())
        } else if cases.isEmpty {
            for item in waiting { Console.line([item.id, "waiting", item.route, item.droppedName, item.path].joined(separator: "\t")) }
            for job in jobs {
                Console.line([job.id, job.state.rawValue, job.route, job.droppedName, job.files.first?.path ?? ""].joined(separator: "\t"))
            }
        } else {
            Console.line(facts.map(\.text).joined(separator: "\n\n"))
        }
    }

    private func found() throws -> (jobs: [Job], waiting: [WaitingCase]) {
        let path = JobLedger.path(in: state)
        if let obstacle = FileSystem.obstacle(to: FilePath(path), .read) {
            guard !obstacle.isAbsence else {
                throw Failure(.missing, "\(path): there is no ledger; --state names the daemon's state directory (state_directory)")
            }
            throw Failure(.missing, "\(path): can't be read by this user (\(obstacle)); join the service's group or use sudo")
        }
        do {
            let ledger = try JobLedger.reading(path)
            guard !cases.isEmpty else { return (try ledger.all(), try ledger.waiting()) }
            let waiting = try ledger.waiting().filter { item in cases.contains { [item.id, item.droppedName, item.path].contains($0) } }
            let jobs = try cases.flatMap { name in
                let jobs = try ledger.jobs(called: name)
                guard !jobs.isEmpty || waiting.contains(where: { [$0.id, $0.droppedName, $0.path].contains(name) }) else {
                    throw Failure(.missing, "\(name): no case in \(path) has this id or name")
                }
                return jobs
            }
            return (jobs, waiting)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(
                .missing, "\(path): can't be read as this version's ledger: \(error); the daemon brings it up to date when it starts")
        }
    }

    private static func facts(about item: WaitingCase) -> Facts {
        var facts = Facts()
        facts.add("case_id", item.id)
        facts.add("state", "waiting")
        facts.add("route", item.route)
        facts.add("dropped_name", item.droppedName)
        facts.add("files", [item.path])
        return facts
    }

    private static func facts(about job: Job) -> Facts {
        var facts = Facts()
        facts.add("case_id", job.id)
        facts.add("state", job.state.rawValue)
        facts.add("route", job.route)
        facts.add("dropped_name", job.droppedName)
        facts.add("published_name", job.name)
        facts.add("taken_on", Date(timeIntervalSince1970: job.admitted).formatted(.iso8601))
        facts.add("inbox", job.inbox)
        facts.add("files", job.files.map(\.path))
        facts.add("refused_at", job.refusedAt)
        facts.add("what", job.refusal?.what)
        facts.add("where", job.refusal?.where)
        facts.add("what_to_do", job.refusal?.advice)
        facts.add("warnings", job.warnings)
        return facts
    }
}
