import Foundation
import GRDB
package import ServiceHost

/// The jobs, in an SQLite database that survives a crash at any moment (write-ahead log, every commit flushed).
package struct JobJournal: Sendable {
    private let database: DatabaseQueue

    /// Opens or makes the journal.
    package init(path: String) throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        database = try DatabaseQueue(path: path, configuration: configuration)
        try Self.migrator.migrate(database)
    }

    /// Records the cases of one drop, all or none; each gets a name that no other unfinished case of the route has.
    ///
    /// - isTaken: whether a name is in use outside the journal (the outbox, processed input).
    /// - willAdmit: told of each new job before anybody else can find it.
    package func admit(
        _ plans: [CasePlan], route: String, inbox: String, facts: [String: FileFacts], at time: Double, isTaken: (String) -> Bool,
        willAdmit: (_ id: String) -> Void = { _ in }
    ) throws -> [Job] {
        try database.write { database in
            var sequence = try Int.fetchOne(database, sql: "SELECT coalesce(max(sequence), 0) FROM job") ?? 0
            return try plans.map { plan in
                let name = try Self.freeName(plan.name, route: route, in: database, isTaken: isTaken)
                let files = { (paths: [String], isImage: Bool) in
                    paths.compactMap { path in facts[path].map { Job.File(path: path, facts: $0, isImage: isImage) } }
                }
                let job = Job(
                    id: UUID().uuidString.lowercased(), route: route, inbox: inbox, name: name, kind: plan.kind,
                    files: files(plan.files, true) + files(plan.companions, false), state: .admitted, attempts: 0, admitted: time,
                    warnings: plan.warnings, timings: [], refusal: plan.refusal,
                    refusedAt: plan.refusal.map { _ in "admit" })
                sequence += 1
                willAdmit(job.id)
                try Self.insert(job, sequence: sequence, in: database)
                return job
            }
        }
    }

    /// Records what a job has become. A new state is entered in its history.
    ///
    /// - seconds: how long the step to the new state took; nil where there was none.
    package func save(_ job: Job, at time: Double, seconds: Double? = nil) throws {
        try database.write { database in
            let before = try String.fetchOne(database, sql: "SELECT state FROM job WHERE id = ?", arguments: [job.id])
            try database.execute(
                sql: """
                    UPDATE job SET name = ?, state = ?, attempts = ?, series = ?, warnings = ?, timings = ?, refusal = ?, refusedAt = ?
                    WHERE id = ?
                    """,
                arguments: [
                    job.name, job.state.rawValue, job.attempts, try job.series.map { try Self.text($0) }, try Self.text(job.warnings),
                    try Self.text(job.timings),
                    try job.refusal.map { try Self.text($0) }, job.refusedAt, job.id,
                ])
            guard before != job.state.rawValue else { return }
            try Self.record(job, at: time, seconds: seconds, in: database)
        }
    }

    /// A name for a job that may not keep its own; recorded with the job's next `save`.
    package func freeName(like name: String, route: String, isTaken: (String) -> Bool) throws -> String {
        try database.read { try Self.freeName(name, route: route, in: $0, isTaken: isTaken) }
    }

    /// The unfinished jobs, oldest first.
    package func unfinishedIDs() throws -> [String] {
        try database.read {
            try String.fetchAll($0, sql: "SELECT id FROM job WHERE state NOT IN ('done', 'quarantined', 'withdrawn') ORDER BY sequence")
        }
    }

    /// The jobs of a route whose input may still lie in the inbox.
    package func unreleased(route: String) throws -> [Job] {
        try jobs(where: "state IN ('admitted', 'claimed', 'failing') AND route = ? ORDER BY sequence", [route])
    }

    /// One job.
    package func job(_ id: String) throws -> Job? {
        try jobs(where: "id = ?", [id]).first
    }

    /// All jobs of a name, oldest first.
    package func jobs(named name: String, route: String) throws -> [Job] {
        try jobs(where: "name = ? AND route = ? ORDER BY sequence", [name, route])
    }

    /// The states a job went through.
    package func history(of id: String) throws -> [JobState] {
        try database.read { database in
            try String.fetchAll(database, sql: "SELECT state FROM arrow WHERE job = ? ORDER BY rowid", arguments: [id])
                .compactMap(JobState.init)
        }
    }

    private func jobs(where condition: String, _ arguments: StatementArguments = []) throws -> [Job] {
        try database.read { try Row.fetchAll($0, sql: "SELECT * FROM job WHERE " + condition, arguments: arguments).map(Self.job) }
    }
}
