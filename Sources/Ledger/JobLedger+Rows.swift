import Files
import Foundation
import GRDB

extension JobLedger {
    static func insert(_ job: Job, sequence: Int, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO job (id, sequence, route, inbox, name, droppedName, kind, files, state, attempts, admitted, warnings,
                    timings, refusal, refusedAt, earlier)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                job.id, sequence, job.route, job.inbox, job.name, job.droppedName, job.kind.rawValue, try text(job.files),
                job.state.rawValue, job.attempts, job.admitted, try text(job.warnings), try text(job.timings),
                try job.refusal.map { try text($0) },
                job.refusedAt, try job.earlier.map { try text($0) },
            ])
        try record(job, at: job.admitted, seconds: nil, in: database)
    }

    static func record(_ job: Job, at time: Double, seconds: Double?, in database: Database) throws {
        try database.execute(
            sql: "INSERT INTO arrow (job, state, time, seconds) VALUES (?, ?, ?, ?)",
            arguments: [job.id, job.state.rawValue, time, seconds])
    }

    static func job(_ row: Row) throws -> Job {
        let (kind, state): (String, String) = (row["kind"], row["state"])
        guard let kind = Job.Kind(rawValue: kind), let state = JobState(rawValue: state) else {
            throw DatabaseError(message: "job \(row["id"] as String) has kind \(kind), state \(state), which this version doesn't know")
        }
        let (refusal, series, begun): (String?, String?, String?) = (row["refusal"], row["series"], row["begun"])
        let earlier: String? = row["earlier"]
        return Job(
            id: row["id"], route: row["route"], inbox: row["inbox"], name: row["name"], droppedName: row["droppedName"], kind: kind,
            files: try value(row["files"]),
            state: state, attempts: row["attempts"], failures: row["failures"],
            begun: try begun.map { try value($0) }, deaths: try value(row["deaths"]), unexplainedDeaths: row["unexplainedDeaths"],
            admitted: row["admitted"],
            series: try series.map { try value($0) },
            warnings: try value(row["warnings"]), timings: try value(row["timings"]), refusal: try refusal.map { try value($0) },
            refusedAt: row["refusedAt"], earlier: try earlier.map { try value($0) })
    }

    /// The names of a route's unfinished cases.
    static func usedNames(route: String, in database: Database) throws -> Set<String> {
        try String.fetchSet(
            database, sql: "SELECT name FROM job WHERE route = ? AND state NOT IN ('done', 'quarantined', 'withdrawn')", arguments: [route])
    }

    /// A case id that no job and no waiting case has.
    static func freeID(in database: Database) throws -> String {
        while true {
            let id = CaseID.make()
            let isUsed = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM job WHERE id = ? UNION SELECT 1 FROM waiting WHERE id = ?)",
                arguments: [id, id])
            if isUsed == false { return id }
        }
    }

    /// The name itself, or with `_2`, `_3` … appended.
    static func freeName(_ name: String, used: Set<String>, isTaken: (String) throws -> Bool) throws -> String {
        for counter in 1...mostNamesakes {
            let candidate = counter == 1 ? name : "\(name)_\(counter)"
            if !used.contains(candidate), try !isTaken(candidate) { return candidate }
        }
        throw Problem.noFreeName(name)
    }

    /// So many cases may be told apart by a number after their name.
    private static let mostNamesakes = 100_000

    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static func value<Value: Decodable>(_ text: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }
}
