import Files
import Foundation
import GRDB

/// The jobs, in an SQLite database that survives a crash at any moment (write-ahead log, every commit flushed).
package struct JobLedger: Sendable {
    let database: DatabaseQueue

    init(_ database: DatabaseQueue) { self.database = database }

    /// Where the ledger of a state directory lies. The name is of the time when it was called a journal; existing directories have it.
    package static func path(in stateDirectory: String) -> String { stateDirectory + "/journal.sqlite" }

    /// Opens or makes the ledger; throws where a newer version of this software wrote it.
    package init(path: String) throws {
        try Self.protect(path)
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        database = try DatabaseQueue(path: path, configuration: configuration)
        guard try !database.read(Self.migrator.hasBeenSuperseded) else { throw Problem.newerVersion(ledger: path) }
        try Self.migrator.migrate(database)
    }

    /// Records the cases of one drop, all or none; each gets a name that no other unfinished case of the route has.
    ///
    /// Names are looked for before the transaction, so that a slow or broken outbox never keeps the ledger from others.
    ///
    /// - `byID`: whether the cases are called by their ids, not as they were dropped.
    /// - `isTaken`: whether a name is in use outside the ledger (the outbox, processed input); what it throws is thrown on.
    /// - `willAdmit`: told of each new job before anybody else can find it.
    package func admit(
        _ cases: [NewCase], route: String, inbox: String, at time: Double, byID: Bool = false, isTaken: (String) throws -> Bool,
        willAdmit: (_ id: String) -> Void = { _ in }
    ) throws -> [Job] {
        let ids = try ids(for: cases, route: route)
        let names = try freeNames(like: byID ? ids : cases.map(\.name), route: route, isTaken: isTaken)
        let jobs = zip(cases, zip(ids, names)).map { item, title in
            Job(item, id: title.0, name: title.1, route: route, inbox: inbox, at: time)
        }
        return try database.write { database in
            let used = try Self.usedNames(route: route, in: database)
            if let name = names.first(where: used.contains) { throw Problem.nameTakenMeanwhile(name) }
            var sequence = try Int.fetchOne(database, sql: "SELECT coalesce(max(sequence), 0) FROM job") ?? 0
            for job in jobs {
                try Self.forgetWaiting(job.id, in: database)
                sequence += 1
                willAdmit(job.id)
                try Self.insert(job, sequence: sequence, in: database)
            }
            return jobs
        }
    }

    /// Records what a job has become. A new state is entered in its history.
    ///
    /// - `seconds`: how long the step to the new state took; nil where there was none.
    package func save(_ job: Job, at time: Double, seconds: Double? = nil) throws {
        try database.write { database in
            let before = try String.fetchOne(database, sql: "SELECT state FROM job WHERE id = ?", arguments: [job.id])
            try database.execute(
                sql: """
                    UPDATE job SET name = ?, state = ?, attempts = ?, failures = ?, begun = ?, deaths = ?,
                        unexplainedDeaths = ?, series = ?, warnings = ?, timings = ?, refusal = ?, refusedAt = ?
                    WHERE id = ?
                    """,
                arguments: [
                    job.name, job.state.rawValue, job.attempts, job.failures, try job.begun.map { try Self.text($0) },
                    try Self.text(job.deaths), job.unexplainedDeaths, try job.series.map { try Self.text($0) },
                    try Self.text(job.warnings),
                    try Self.text(job.timings),
                    try job.refusal.map { try Self.text($0) }, job.refusedAt, job.id,
                ])
            guard before != job.state.rawValue else { return }
            try Self.record(job, at: time, seconds: seconds, in: database)
        }
    }

    /// Steps that run are left as if they had never been begun: the service ends on request, which is held against no case.
    package func leaveRunningSteps() throws {
        try database.write { try $0.execute(sql: "UPDATE job SET begun = NULL, attempts = 0 WHERE begun IS NOT NULL") }
    }

    /// A name for a job that may not keep its own; recorded with the job's next `save`.
    package func freeName(like name: String, route: String, isTaken: (String) throws -> Bool) throws -> String {
        try freeNames(like: [name], route: route, isTaken: isTaken)[0]
    }

    private func freeNames(like names: [String], route: String, isTaken: (String) throws -> Bool) throws -> [String] {
        var used = try database.read { try Self.usedNames(route: route, in: $0) }
        return try names.map { name in
            let free = try Self.freeName(name, used: used, isTaken: isTaken)
            used.insert(free)
            return free
        }
    }

    /// The unfinished jobs, oldest first; after them those during whose step the service ended.
    package func unfinishedIDs() throws -> [String] {
        try database.read {
            try String.fetchAll(
                $0,
                sql:
                    "SELECT id FROM job WHERE state NOT IN ('done', 'quarantined', 'withdrawn') ORDER BY (deaths <> '[]' OR unexplainedDeaths > 0), sequence"
            )
        }
    }

    /// The jobs of a route whose input may still lie in the inbox.
    package func unreleased(route: String) throws -> [Job] {
        try jobs(where: "state IN ('admitted', 'claimed', 'failing') AND route = ? ORDER BY sequence", [route])
    }

    /// The jobs whose results carry an id in place of what was dropped, oldest first.
    package func pseudonymous() throws -> [Job] {
        try jobs(where: "substr(name, 1, length(id)) = id ORDER BY sequence")
    }

    /// One job.
    package func job(_ id: String) throws -> Job? {
        try jobs(where: "id = ?", [id]).first
    }

    /// All jobs of a name, oldest first.
    package func jobs(named name: String, route: String) throws -> [Job] {
        try jobs(where: "name = ? AND route = ? ORDER BY sequence", [name, route])
    }

    /// The published job that took another's slices in again and so its place; nil while there is none.
    package func successor(of job: Job) throws -> Job? {
        try jobs(where: "earlier LIKE ? AND state IN ('published', 'done') ORDER BY sequence", ["%\"\(job.id)\"%"])
            .last { $0.earlier?.id == job.id && $0.route == job.route }
    }

    /// The states a job went through.
    package func history(of id: String) throws -> [JobState] {
        try database.read { database in
            try String.fetchAll(database, sql: "SELECT state FROM arrow WHERE job = ? ORDER BY rowid", arguments: [id])
                .compactMap(JobState.init)
        }
    }

    func jobs(where condition: String, _ arguments: StatementArguments = []) throws -> [Job] {
        try database.read { try Row.fetchAll($0, sql: "SELECT * FROM job WHERE " + condition, arguments: arguments).map(Self.job) }
    }
}
