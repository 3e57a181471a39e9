import Files
import Foundation
import GRDB
import InboxProcessing
import Ledger
import TestSupport
import Testing

struct `A ledger that is lost` {
    let site: Site
    init() throws { site = try Site() }

    /// The next start: opens the ledger and works off what it holds.
    private func start() throws -> JobLedger {
        let outboxes = [(route: "liver", path: site.outbox)]
        let ledger = try LedgerRecovery(layout: site.layout, outboxes: outboxes, events: EventSinks([])).open(at: 1)
        try site.work(driver: JobDriver(ledger: ledger, steps: JobSteps(layout: site.layout), events: EventSinks([])))
        return ledger
    }

    private func loseLedger() throws {
        for ending in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: site.layout.ledger + ending) {
            try FileManager.default.removeItem(atPath: site.layout.ledger + ending)
        }
    }

    private func damageLedger(_ content: String) throws {
        try loseLedger()
        try Data(content.utf8).write(to: URL(filePath: site.layout.ledger))
    }

    @Test(arguments: JobState.allCases.filter { $0.nextStep != nil && $0 != .failing })
    func `neither loses nor doubles a case in any state`(state: JobState) throws {
        try site.drop("a.nii.gz")
        do {
            let driver = try site.driver()
            _ = try site.advance(try site.record(driver), to: state, by: driver)
        }
        try loseLedger()
        _ = try start()
        if state == .admitted {  // it lies in the inbox as if it were new
            _ = try site.admit()
            try site.work()
        }
        _ = try start()
        expectPublishedOnce(site)
        #expect(site.tree("state/work").isEmpty)
    }

    /// The worst moment: a step is done, and neither the ledger nor job.json knows.
    @Test(arguments: JobState.allCases.filter { $0.nextStep != nil && $0 != .failing && $0 != .admitted })
    func `may be lost between a step and its record`(state: JobState) throws {
        try site.drop("a.nii.gz")
        do {
            let driver = try site.driver()
            var job = try site.advance(try site.record(driver), to: state, by: driver)
            _ = try driver.steps.perform(&job, in: site.context())
        }
        try loseLedger()
        _ = try start()
        expectPublishedOnce(site)
    }

    @Test func `is made anew with what is done and what is in quarantine`() throws {
        try site.drop("a.nii.gz")
        _ = try site.admit()
        try site.work()
        try site.drop("b.nii.gz")
        _ = try site.admit()
        try site.work(FakeEngine(refusesChannel: true))
        try FileManager.default.createDirectory(atPath: site.outbox + "/c", withIntermediateDirectories: true)
        try Data("{\"case_id\": \"bcdfgh23\"}".utf8).write(to: URL(filePath: site.outbox + "/c/c.json"))
        try loseLedger()
        let ledger = try start()
        #expect(try ledger.jobs(named: "a", route: "liver").map(\.state) == [.done])
        #expect(try ledger.jobs(named: "c", route: "liver").map(\.state) == [.done])
        #expect(try ledger.jobs(named: "c", route: "liver").map(\.id) == ["bcdfgh23"])
        let refused = try #require(try ledger.jobs(named: "b", route: "liver").first)
        #expect(refused.state == .quarantined)
        #expect(refused.refusal?.what == "holds no numbers")
        #expect(refused.refusedAt == "predict")
    }

    @Test(arguments: ["no database", String(repeating: "SQLite format 3\0", count: 1000)])
    func `by damage is kept beside the new one`(content: String) throws {
        try site.drop("a.nii.gz")
        _ = try site.admit()
        try damageLedger(content)
        _ = try start()
        expectPublishedOnce(site)
        let kept = try FileManager.default.contentsOfDirectory(atPath: site.root + "/state").filter {
            $0.contains(".unreadable-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
        }
        #expect(kept.count == 1)
        #expect(kept.map { site.content("state/" + $0) } == [content])
    }

    @Test func `by a job that can't be read is made anew as well`() throws {
        try site.drop("a.nii.gz")
        _ = try site.admit()
        try DatabaseQueue(path: site.layout.ledger).write { try $0.execute(sql: "UPDATE job SET files = '{'") }
        _ = try start()
        expectPublishedOnce(site)
    }

    @Test func `is not made anew when a newer version wrote it`() throws {
        try site.drop("a.nii.gz")
        _ = try site.admit()
        try DatabaseQueue(path: site.layout.ledger).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('of the future')")
        }
        let error = #expect(throws: Problem.self) { try start() }
        #expect(error == .newerVersion(ledger: site.layout.ledger))
        #expect(error?.description.contains("start that version or a later one") == true)
        #expect(site.tree("state").contains { $0.hasSuffix("input/a.nii.gz") })
    }

    @Test(arguments: [nil, "{", "{\"id\": \"another\"}"])
    func `does not cost work that has no readable description`(description: String?) throws {
        let folder = site.layout.work + "/0123456789"
        try FileManager.default.createDirectory(atPath: folder + "/input", withIntermediateDirectories: true)
        try Data("voxels".utf8).write(to: URL(filePath: folder + "/input/a.nii.gz"))
        if let description { try Data(description.utf8).write(to: URL(filePath: folder + "/job.json")) }
        _ = try start()
        #expect(site.content("state/quarantine/unexplained_01234567/input/a.nii.gz") == "voxels")
        #expect(site.content("state/quarantine/unexplained_01234567/error.json")?.contains("drop them into their inbox again") == true)
        #expect(site.tree("state/work").isEmpty)
    }
}
