import Files
import Foundation
import GRDB
import SystemPackage

extension JobLedger {
    /// Opens the ledger of a running or stopped service to look at it; nothing is written, and reading it is all that it takes.
    ///
    /// - Throws: what SQLite says.
    package static func reading(_ path: String) throws -> JobLedger {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        do {
            let ledger = JobLedger(try DatabaseQueue(path: path, configuration: configuration))
            _ = try ledger.unfinishedIDs()
            return ledger
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN && Self.isAtRest(path) {
            // SQLite wants to make files beside a ledger with a write-ahead log; who may only read there reads a copy.
            let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            defer { try? FileManager.default.removeItem(at: folder) }
            let copy = folder.appending(path: "ledger").path
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            configuration.readonly = false
            let memory = try DatabaseQueue()
            try DatabaseQueue(path: copy, configuration: configuration).backup(to: memory)
            return JobLedger(memory)
        }
    }

    /// Whether a newer version of this software wrote a ledger; false where it can't be read or isn't there.
    package static func isOfNewerVersion(_ path: String) -> Bool {
        var configuration = Configuration()
        configuration.readonly = true
        guard FileManager.default.fileExists(atPath: path), let database = try? DatabaseQueue(path: path, configuration: configuration)
        else {
            return false
        }
        return (try? database.read(migrator.hasBeenSuperseded)) ?? false
    }

    /// Whether a ledger is there and nothing of it lies in a log beside it.
    private static func isAtRest(_ path: String) -> Bool {
        FileManager.default.isReadableFile(atPath: path) && !FileManager.default.fileExists(atPath: path + "-wal")
    }

    /// Makes the ledger's file, or takes it from everybody but its owner and their group: it holds what was dropped.
    static func protect(_ path: String) throws(Problem) {
        do throws(SystemError) {
            let file = try OpenFile(FilePath(path), [.readingAndWriting, .create], mode: 0o640)
            try file.setPermissions(file.status().permissions & 0o640)
        } catch {
            throw .refused("opened", path: FilePath(path), error)
        }
    }

    /// All jobs, oldest first.
    package func all() throws -> [Job] { try jobs(where: "1 ORDER BY sequence") }

    /// The jobs that an id or a name means: the id, the case's name, what was dropped, or a part of its path. Oldest first.
    package func jobs(called text: String) throws -> [Job] {
        try all().filter { job in
            [job.id, job.name, job.droppedName].contains(text)
                || job.files.contains { file in file.path == text || file.path.split(separator: "/").contains { $0 == text } }
        }
    }
}
