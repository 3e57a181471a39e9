import GRDB

/// A case that lies incomplete in an inbox: the id that log and, later, its job call it by.
package struct WaitingCase: Sendable, Equatable {
    /// As a job's.
    package let id: String
    package let route: String
    /// What the dropped files call the case.
    package let droppedName: String
    /// Its first file, below the inbox.
    package let path: String
}

extension JobLedger {
    /// The id of a case that waits in an inbox; the job that the case becomes takes it over.
    ///
    /// - `name`: what the dropped files call the case.
    /// - `path`: its first file, below the inbox.
    package func waitingID(of name: String, path: String, route: String) throws -> String {
        try database.write { database in
            if let id = try Self.waitingID(of: name, route: route, in: database) { return id }
            let id = try Self.freeID(in: database)
            try database.execute(
                sql: "INSERT INTO waiting (id, route, droppedName, path) VALUES (?, ?, ?, ?)",
                arguments: [id, route, name, path])
            return id
        }
    }

    /// Forgets the cases of a route that don't wait any longer.
    package func forgetWaiting(route: String, except names: Set<String>) throws {
        let gone = try waiting().filter { $0.route == route && !names.contains($0.droppedName) }
        guard !gone.isEmpty else { return }
        try database.write { database in
            for item in gone { try database.execute(sql: "DELETE FROM waiting WHERE id = ?", arguments: [item.id]) }
        }
    }

    /// The cases that wait in inboxes.
    package func waiting() throws -> [WaitingCase] {
        try database.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM waiting ORDER BY rowid").map { row in
                WaitingCase(id: row["id"], route: row["route"], droppedName: row["droppedName"], path: row["path"])
            }
        }
    }

    /// An id for each case of a drop: the one that it waited under, or a new one.
    func ids(for cases: [NewCase], route: String) throws -> [String] {
        try database.read { database in
            var ids: [String] = []
            for item in cases {
                let waited = try Self.waitingID(of: item.name, route: route, in: database)
                ids.append(try waited.flatMap { ids.contains($0) ? nil : $0 } ?? Self.freeID(in: database))
            }
            return ids
        }
    }

    /// A case that has become a job waits no longer.
    static func forgetWaiting(_ id: String, in database: Database) throws {
        try database.execute(sql: "DELETE FROM waiting WHERE id = ?", arguments: [id])
    }

    private static func waitingID(of name: String, route: String, in database: Database) throws -> String? {
        try String.fetchOne(database, sql: "SELECT id FROM waiting WHERE route = ? AND droppedName = ?", arguments: [route, name])
    }
}
