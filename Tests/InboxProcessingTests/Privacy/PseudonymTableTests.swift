import Foundation
import InboxProcessing
import Ledger
import TestSupport
import Testing

struct `The table of pseudonyms` {
    let site: Site
    init() throws { site = try Site() }

    private var context: RouteContext {
        var route = site.route
        route.caseNames = .pseudonym
        return RouteContext(route: route, engine: FakeEngine())
    }

    /// Takes whatever lies in the inbox to its end, under pseudonyms.
    private func work() throws -> [Job] {
        let driver = try site.driver()
        var intake = RouteIntake(
            context: context, times: .init(settle: .seconds(1), incompleteAfter: .seconds(1)), recognizer: FakeRecognizer(), driver: driver)
        let now = ContinuousClock.now
        _ = try intake.look(at: now)
        let jobs = try intake.look(at: now + .seconds(10)).jobs
        return try jobs.map { job in
            var job = job
            while !job.state.isFinal, case .advanced(let next) = driver.advance(job, in: context) { job = next }
            return try #require(try driver.ledger.job(job.id))
        }
    }

    private var lines: [[String]] {
        (site.content("state/names.tsv") ?? "").split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test func `explains what the outbox shows under an id`() throws {
        try site.drop("Doe Jane/ct.nii.gz")
        let job = try #require(try work().first)
        #expect(job.state == .done)
        #expect(site.tree("out") == [job.id] + [".json", ".nii.gz", "_overlay.png"].map { "\(job.id)/\(job.id)\($0)" })
        #expect(lines.count == 2)
        #expect(lines.last?.prefix(3) == [job.id, "liver", "Doe_Jane"])
        #expect(lines.last?.last == "Doe Jane/ct.nii.gz")
    }

    @Test func `is made anew from the ledger when it was removed or cut off`() throws {
        for damage in ["removed", "cut off", "none"] {
            try site.drop("\(damage).nii.gz")
            _ = try work()
            switch damage {
            case "removed": try FileManager.default.removeItem(atPath: site.root + "/state/names.tsv")
            case "cut off": try Data("case_id\troute\tna".utf8).write(to: URL(filePath: site.root + "/state/names.tsv"))
            default: break
            }
        }
        #expect(lines.dropFirst().map { $0[2] } == ["removed", "cut_off", "none"])
    }

    @Test func `holds each case once although its step is repeated`() throws {
        try site.drop("a.nii.gz")
        let job = try #require(try work().first)
        let table = PseudonymTable(path: site.layout.names)
        #expect(try table.record(job))
        #expect(lines.count == 2)
    }

    @Test func `is waited for before anything is published`() throws {
        try FileManager.default.createDirectory(at: URL(filePath: site.root + "/state/names.tsv"), withIntermediateDirectories: true)
        try site.drop("a.nii.gz")
        let job = try #require(try work().first)
        #expect(job.state == .released)
        #expect(site.tree("out").isEmpty)
    }

    @Test func `covers a case that was on its way when its route turned to pseudonyms`() throws {
        try site.drop("a.nii.gz")
        let driver = try site.driver()
        var job = try site.advance(try #require(try site.admit().first), to: .verified, by: driver)
        while !job.state.isFinal, case .advanced(let next) = driver.advance(job, in: context) { job = next }
        #expect(job.name == job.id)
        #expect(!site.tree("out").contains { $0.hasPrefix("a") })
        #expect(lines.last?[2] == "a")
    }
}
