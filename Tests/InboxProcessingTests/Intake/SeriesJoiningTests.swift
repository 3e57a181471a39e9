import Foundation
import InboxProcessing
import TestSupport
import Testing

struct `Slices that come after their series was taken on` {
    let site: Site
    init() throws { site = try Site() }

    private func dropSlices(_ numbers: ClosedRange<Int>, of count: Int = 0, in folder: String = "exam") throws {
        for number in numbers { try site.drop("\(folder)/\(number)", "DICOM 5 \(count)") }
    }

    @Test func `join it, and the case is done again as its next version`() throws {
        try dropSlices(1...2)
        _ = try site.admit()
        try site.work()
        try dropSlices(3...4)
        let job = try #require(try site.admit().first)
        #expect(job.name == "exam_2")
        #expect(job.earlier?.name == "exam")
        #expect(job.files.map(\.path).sorted() == ["exam/1", "exam/2", "exam/3", "exam/4"])
        #expect(job.warnings.contains { $0.contains("as case exam") })
        try site.work()
        #expect(site.tree("state/processed/liver/exam_2").filter { $0.hasPrefix("exam/") } == ["exam/1", "exam/2", "exam/3", "exam/4"])
        #expect(site.tree("state/processed/liver/exam").filter { $0.hasPrefix("exam/") } == ["exam/1", "exam/2"])
        #expect(site.content("out/exam_2/exam_2.nii.gz")?.contains("exam/1") == true)
    }

    @Test func `join it again and again`() throws {
        for part in [1...2, 3...3, 4...6] {
            try dropSlices(part)
            _ = try site.admit()
            try site.work()
        }
        #expect(site.tree("state/processed/liver/exam_3").filter { $0.hasPrefix("exam/") }.count == 6)
    }

    @Test func `join it from quarantine`() throws {
        try dropSlices(1...2, of: 4)
        _ = try site.admit()
        try site.work()
        #expect(site.tree("state/quarantine").contains("exam"))
        try dropSlices(3...4, of: 4)
        let job = try #require(try site.admit().first)
        #expect(job.refusal == nil)
        #expect(job.files.count == 4)
        try site.work()
        #expect(site.tree("out").contains("exam"))
    }

    @Test func `are refused when the earlier slices are no longer kept`() throws {
        try dropSlices(1...2)
        _ = try site.admit()
        try site.work()
        try FileManager.default.removeItem(atPath: site.layout.processed("liver") + "/exam")
        try dropSlices(3...3)
        let job = try #require(try site.admit().first)
        #expect(job.refusal?.what.contains("case exam") == true)
    }

    @Test func `are a case by themselves when the whole series was sent again`() throws {
        try dropSlices(1...2)
        _ = try site.admit()
        try site.work()
        try dropSlices(1...2)
        let job = try #require(try site.admit().first)
        #expect(job.earlier == nil)
        #expect(job.files.map(\.path) == ["exam/1", "exam/2"])
    }

    /// Predicts slices 1 and 2, then loses the ledger.
    private func loseLedger() throws {
        try dropSlices(1...2)
        let first = try #require(try site.admit().first)
        try site.work()
        try Data("{\"case_id\": \"\(first.id)\"}".utf8).write(to: URL(filePath: site.outbox + "/exam/exam.json"))
        try FileManager.default.removeItem(atPath: site.layout.folder(of: first))  // as the service does when a case is over
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: site.layout.ledger + ending) }
        let outboxes = [(route: "liver", path: site.outbox)]
        _ = try LedgerRecovery(layout: site.layout, outboxes: outboxes, events: EventSinks([])).open(at: 1)
    }

    @Test func `join it when the ledger was lost since`() throws {
        try loseLedger()
        try dropSlices(3...4)
        let job = try #require(try site.admit().first)
        #expect(job.earlier?.name == "exam")
        #expect(job.files.count { $0.isImage } == 4)
        try site.work()
        #expect(site.tree("state/processed/liver/exam_2").filter { $0.hasPrefix("exam/") } == ["exam/1", "exam/2", "exam/3", "exam/4"])
    }

    @Test func `are predicted alone with a warning when the ledger and the earlier slices were lost since`() throws {
        try loseLedger()
        try FileManager.default.removeItem(atPath: site.layout.processed("liver") + "/exam")
        try dropSlices(3...4)
        let job = try #require(try site.admit().first)
        #expect(job.earlier == nil)
        #expect(job.warnings.contains { $0.contains("as case exam") && $0.contains("the ledger and that part were lost") })
    }

    @Test func `are taken with the first ones where both lie in the inbox, in folders of their own or loose`() throws {
        try dropSlices(1...2, in: "a")
        try dropSlices(3...4, in: "b")
        try site.drop("b/other/1", "DICOM 6 1")
        try site.drop("5", "DICOM 5 0")
        try dropSlices(1...2, in: "c")
        let jobs = try site.admit()
        #expect(jobs.map(\.droppedName).sorted() == ["a_5", "b_6"])
        let job = try #require(jobs.first { $0.droppedName == "a_5" })
        #expect(job.files.map(\.path).sorted() == ["5", "a/1", "a/2", "b/3", "b/4", "c/1", "c/2"])
        #expect(job.earlier == nil)
        try site.work()
        #expect(site.tree("out").contains("a_5"))
    }

    @Test func `hold the first ones while they still arrive, and count against them when they are damaged`() throws {
        try dropSlices(1...2, in: "a")
        var intake = try site.intake()
        let now = ContinuousClock.now
        _ = try intake.look(at: now)
        try dropSlices(3...3, in: "b")
        #expect(try intake.look(at: now + .seconds(11)).jobs.isEmpty)
        try site.drop("b/4", "DAMAGED")
        #expect(try intake.look(at: now + .seconds(12)).jobs.isEmpty)
        #expect(try intake.look(at: now + .seconds(30)).jobs.isEmpty)
        let job = try #require(try intake.look(at: now + .seconds(200)).jobs.first)
        #expect(job.refusal?.where?.hasSuffix("b/4") == true)
    }

    @Test func `wait until the first ones have left the inbox`() throws {
        try dropSlices(1...2)
        var intake = try site.intake()
        let now = ContinuousClock.now
        try FileManager.default.removeItem(atPath: site.layout.work)
        try Data().write(to: URL(filePath: site.layout.work))  // nothing can be claimed
        _ = try intake.look(at: now)
        let first = try #require(try intake.look(at: now + .seconds(20)).jobs.first)
        #expect(first.state == .admitted)
        try dropSlices(3...4, in: "late")
        _ = try intake.look(at: now + .seconds(30))
        #expect(try intake.look(at: now + .seconds(60)).jobs.isEmpty)
        try FileManager.default.removeItem(atPath: site.layout.work)
        try site.layout.prepare()
        try site.work()
        let second = try #require(try intake.look(at: now + .seconds(90)).jobs.first)
        #expect(second.earlier?.name == "exam")
        #expect(second.files.count { $0.isImage } == 4)
    }
}
