import Files
import Foundation
import GRDB
package import SystemPackage

extension JobLedger {
    /// A ledger that was opened.
    package struct Opening: Sendable {
        package let ledger: JobLedger
        /// Whether it was made now and knows nothing yet.
        package let isNew: Bool
        /// Why an earlier one can't be used, and where it lies now; nil where there was none.
        package let setAside: (reason: String, path: FilePath)?
    }

    /// Opens the ledger, or makes one where there is none. One that can't be read is renamed, never removed or written to.
    ///
    /// Throws where a newer version wrote it, or where the folder itself can't be used.
    package static func open(_ path: String) throws -> Opening {
        guard let facts = try FileSystem.facts(of: FilePath(path)), facts.kind != .file || facts.size > 0 else {
            try setAside(path, keeping: "")  // logs without their database
            return Opening(ledger: try JobLedger(path: path), isNew: true, setAside: nil)
        }
        do {
            let ledger = try JobLedger(path: path)
            try ledger.proveReadable()
            return Opening(ledger: ledger, isNew: false, setAside: nil)
        } catch let error as DatabaseError where error.isDamage {
            guard let place = try setAside(path, keeping: path) else { throw error }
            let reason = error.message ?? error.resultCode.description
            return Opening(ledger: try JobLedger(path: path), isNew: true, setAside: (reason, place))
        }
    }

    /// Reads what the service depends on: the pages' structure and every unfinished job.
    private func proveReadable() throws {
        let found = try database.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard found == "ok" else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: found) }
        for id in try unfinishedIDs() {
            do {
                _ = try job(id)
            } catch {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "\(error)")
            }
        }
    }

    /// Renames the ledger and its logs to free names; gives the name that `kept` has then.
    @discardableResult
    private static func setAside(_ path: String, keeping kept: String) throws -> FilePath? {
        var place: FilePath?
        let stamp = Int(Date().timeIntervalSince1970)
        for name in [path, path + "-wal", path + "-shm"] where try FileSystem.facts(of: FilePath(name)) != nil {
            let other = FilePath(path + ".unreadable-\(stamp)" + name.dropFirst(path.count))
            try FileSystem.renameWithoutReplacing(FilePath(name), to: other)
            if name == kept { place = other }
        }
        return place
    }
}

extension DatabaseError {
    /// Whether the file, not its disk's room or another process, is at fault.
    fileprivate var isDamage: Bool {
        let codes: [ResultCode] = [
            .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_ERROR, .SQLITE_FORMAT,
        ]
        return codes.contains(resultCode)
    }
}
