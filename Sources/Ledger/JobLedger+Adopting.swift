import Files
import Foundation
import GRDB

/// A job's row leaves the ledger as `job.json` in its working folder and comes back from there when the ledger is lost.
extension JobLedger {
    /// A job's row as JSON, one key for each column.
    package func description(of id: String) throws -> [UInt8]? {
        let row = try database.read { try Row.fetchOne($0, sql: "SELECT * FROM job WHERE id = ?", arguments: [id]) }
        guard let row else { return nil }
        var values: [String: ColumnValue] = [:]
        for (column, value) in row { values[column] = ColumnValue(value) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(values)) + Array("\n".utf8)
    }

    /// Records a job as its `job.json` has it; columns that this version doesn't know are passed over, those it lacks get their default.
    ///
    /// - `id`: the job's, by its working folder's name.
    package func adopt(_ json: String, id: String, at time: Double) throws -> Job {
        var values = try JSONDecoder().decode([String: ColumnValue].self, from: Data(json.utf8))
        guard values["id"] == .text(id) else { throw Problem.foreignDescription(id) }
        return try database.write { database in
            let known = Set(try database.columns(in: "job").map(\.name))
            values["sequence"] = .integer(try Int64.fetchOne(database, sql: "SELECT coalesce(max(sequence), 0) + 1 FROM job") ?? 1)
            let columns = values.keys.filter(known.contains).sorted()
            try database.execute(
                sql: """
                    INSERT INTO job (\(columns.joined(separator: ", "))) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
                    """, arguments: StatementArguments(columns.map { values[$0]?.databaseValue ?? .null }))
            guard let job = try Row.fetchOne(database, sql: "SELECT * FROM job WHERE id = ?", arguments: [id]).map(Self.job) else {
                throw Problem.foreignDescription(id)
            }
            try Self.record(job, at: time, seconds: nil, in: database)
            return job
        }
    }

    /// Records jobs that are over, as their folders tell of them.
    package func adopt(finished jobs: [Job]) throws {
        try database.write { database in
            var sequence = try Int.fetchOne(database, sql: "SELECT coalesce(max(sequence), 0) FROM job") ?? 0
            for job in jobs {
                let isKnown = try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM job WHERE id = ?)", arguments: [job.id])
                guard isKnown == false else { continue }
                sequence += 1
                try Self.insert(job, sequence: sequence, in: database)
            }
        }
    }
}

/// A value of a column, as JSON has it.
private enum ColumnValue: Codable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)

    init(_ value: DatabaseValue) {
        self =
            switch value.storage {
            case .null: .null
            case .int64(let number): .integer(number)
            case .double(let number): .real(number)
            case .string(let text): .text(text)
            case .blob(let data): .text(data.base64EncodedString())
            }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let number = try? container.decode(Int64.self) {
            self = .integer(number)
        } else if let number = try? container.decode(Double.self) {
            self = .real(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .integer(let number): try container.encode(number)
        case .real(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        }
    }

    var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        }
    }
}
