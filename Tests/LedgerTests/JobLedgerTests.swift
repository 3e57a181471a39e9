import Files
import Foundation
import GRDB
import Ledger
import SystemPackage
import TestSupport
import Testing

struct `The ledger` {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = JobLedger.path(in: folder.path)
    }

    private func admit(_ ledger: JobLedger, _ names: [String], route: String = "liver") throws -> [Job] {
        try ledger.admit(names.map { NewCase(name: $0, kind: .nifti) }, route: route, inbox: "/in", at: 1) { _ in false }
    }

    @Test func `gives every job back as it was saved`() throws {
        let ledger = try JobLedger(path: path)
        var job = try #require(try admit(ledger, ["a"]).first)
        job.state = .failing
        job.attempts = 2
        job.warnings = ["one", "two \"quoted\""]
        job.timings = [StepTiming(step: "claim", seconds: 0.5)]
        job.series = SeriesFacts(modality: "CT", number: nil)
        job.refusal = Refusal(what: "w", where: "x", advice: "a")
        job.refusedAt = "convert"
        try ledger.save(job, at: 2)
        #expect(try JobLedger(path: path).job(job.id) == job)
        #expect(try ledger.history(of: job.id) == [.admitted, .failing])
    }

    @Test func `keeps the order of admission and forgets finished jobs`() throws {
        let ledger = try JobLedger(path: path)
        var jobs = try admit(ledger, ["c", "a"]) + admit(ledger, ["b"])
        #expect(try ledger.unfinishedIDs() == jobs.map(\.id))
        jobs[0].state = .done
        try ledger.save(jobs[0], at: 3)
        #expect(try ledger.unfinishedIDs() == [jobs[1].id, jobs[2].id])
    }

    @Test func `never gives two unfinished cases of a route one name`() throws {
        let ledger = try JobLedger(path: path)
        #expect(try admit(ledger, ["a", "a"]).map(\.name) == ["a", "a_2"])
        #expect(try admit(ledger, ["a"]).map(\.name) == ["a_3"])
        let other = try admit(ledger, ["a"], route: "other")
        #expect(other.map(\.name) == ["a"])
    }

    @Test func `gives every case a short id that says nothing of it`() throws {
        let ledger = try JobLedger(path: path)
        let jobs = try admit(ledger, (0..<300).map { "Doe_\($0)" })
        #expect(Set(jobs.map(\.id)).count == 300)
        let pattern = /[b-df-hj-kmnp-tv-xz][b-df-hj-kmnp-tv-xz2-9]{7}/
        #expect(jobs.allSatisfy { $0.id.wholeMatch(of: pattern) != nil })
    }

    @Test func `finds cases by id, name, and dropped file or folder`() throws {
        let ledger = try JobLedger(path: path)
        let facts = try #require(try FileSystem.facts(of: FilePath(folder.path)))
        let item = NewCase(
            name: "Doe_Jane", kind: .nifti, files: [Job.File(path: "Doe Jane/ct.nii.gz", facts: facts, isImage: true)])
        let jobs = try ledger.admit([item], route: "liver", inbox: "/in", at: 1, byID: true) { _ in false }
        _ = try admit(ledger, ["other"])
        for text in [jobs[0].id, "Doe_Jane", "Doe Jane", "ct.nii.gz", "Doe Jane/ct.nii.gz"] {
            #expect(try JobLedger.reading(path).jobs(called: text) == jobs, "\(text)")
        }
        #expect(try ledger.jobs(called: "Doe").isEmpty)
    }

    @Test func `can be read by somebody who may write nothing`() throws {
        _ = try admit(JobLedger(path: path), ["a"])  // closed again, so that nothing lies beside the file
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path) }
        #expect(try JobLedger.reading(path).all().map(\.droppedName) == ["a"])
    }

    @Test func `takes over the ledger of an earlier version`() throws {
        let ledger = try JobLedger(path: path)
        let job = try #require(try admit(ledger, ["a"]).first)
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: "ALTER TABLE job DROP COLUMN droppedName; DROP TABLE waiting")
            try database.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = 'dropped names'")
        }
        #expect(try JobLedger(path: path).job(job.id) == job)
    }

    @Test func `flushes every commit to a write-ahead log`() throws {
        _ = try JobLedger(path: path)
        let mode = try DatabaseQueue(path: path).read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        #expect(mode == "wal")
    }

    @Test func `refuses a state of a newer version by name`() throws {
        let ledger = try JobLedger(path: path)
        let job = try #require(try admit(ledger, ["a"]).first)
        try DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE job SET state = 'teleported'") }
        let error = #expect(throws: DatabaseError.self) { try ledger.job(job.id) }
        #expect(error?.message?.contains("teleported") == true)
    }
}
