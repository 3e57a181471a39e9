import Files
import Foundation
import InboxProcessing
import Ledger
import Synchronization
import SystemPackage
import TestSupport
import Testing

struct `A case that can't be processed` {
    let site: Site
    init() throws { site = try Site() }

    private func refusing(at call: String) -> FakeEngine {
        FakeEngine(on: { name throws(StepFailure) in
            if name == call { throw .refused(Refusal(what: "is damaged", where: nil, advice: "copy it again")) }
        })
    }

    @Test(arguments: ["convert", "tile 1", "verify"])
    func `goes to quarantine with its input and the reason`(call: String) throws {
        try site.drop("a.nii.gz")
        _ = try site.admit()
        try site.work(refusing(at: call))
        #expect(site.tree("state/quarantine") == ["a", "a/error.json", "a/input", "a/input/a.nii.gz"])
        let text = try #require(site.content("state/quarantine/a/error.json"))
        let record = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(record["what"] as? String == "is damaged")
        #expect(record["what_to_do"] as? String == "copy it again")
        #expect(record["route"] as? String == "liver")
        #expect(record["step"] as? String == ["convert": "convert", "tile 1": "predict", "verify": "verify"][call])
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.outbox).isEmpty)
    }

    @Test func `is named as it was dropped, not as it was converted`() throws {
        try site.drop("a.nii.gz")
        _ = try site.admit()
        try site.work(FakeEngine(refusesChannel: true))
        #expect(site.content("state/quarantine/a/error.json")?.contains("\"where\" : \"a.nii.gz\"") == true)
    }

    @Test func `is quarantined once when the step is repeated`() throws {
        try site.drop("a.nii.gz")
        var job = try #require(try site.admit().first)
        let driver = try site.driver()
        let failing = try #require(driver.advance(job, in: site.context(refusing(at: "convert"))).job)
        #expect(failing.state == .failing)
        job = failing
        #expect(try driver.steps.perform(&job, in: site.context()) == .quarantined)
        try site.work()
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.root + "/state/quarantine") == ["a"])
        #expect(try driver.ledger.job(job.id)?.state == .quarantined)
    }

    @Test func `does not replace an earlier one of its name`() throws {
        for content in ["one", "two"] {
            try site.drop("a.nii.gz", content)
            _ = try site.admit()
            try site.work(refusing(at: "convert"))
        }
        #expect(site.content("state/quarantine/a/input/a.nii.gz") == "one")
        #expect(site.content("state/quarantine/a_2/input/a.nii.gz") == "two")
    }

    @Test func `waits instead when a model or a disk is at fault`() throws {
        try site.drop("a.nii.gz")
        let job = try #require(try site.admit().first)
        let engine = FakeEngine(on: { _ throws(StepFailure) in throw .waiting(reason: "the model is away") })
        for _ in 0..<10 { try site.work(engine) }
        let driver = try site.driver()
        #expect(try driver.ledger.job(job.id)?.state == .released)
        try site.work()
        expectPublishedOnce(site)
    }

    @Test func `is refused when its results are found wrong again and again`() throws {
        try site.drop("a.nii.gz")
        let job = try #require(try site.admit().first)
        let engine = FakeEngine(on: { name throws(StepFailure) in
            if name == "verify" { throw .failed(Setback(reason: "the mask lies elsewhere", advice: "look at it")) }
        })
        let driver = try site.driver()
        for _ in 0..<4 {
            try site.work(engine)
            #expect(try driver.ledger.job(job.id)?.state == .exported)
        }
        try site.work(engine)
        #expect(try driver.ledger.job(job.id)?.state == .quarantined)
        let text = try #require(site.content("state/quarantine/a/error.json"))
        #expect(text.contains("the mask lies elsewhere (5 tries)"))
        #expect(text.contains("look at it"))
        #expect(site.tree("out").isEmpty)
    }

    @Test func `is not refused when the disk doesn't give its files`() throws {
        try site.drop("a.nii.gz")
        let job = try #require(try site.admit().first)
        let file = site.layout.input(of: job) + "/a.nii.gz"
        try FileManager.default.removeItem(atPath: file)
        // Opening a socket fails with ENXIO, as a device that is gone does.
        let socket = try UnixSocket(at: file)
        try site.work(FakeEngine(on: { _ throws(StepFailure) in throw .refused(Refusal(what: "can't be read", advice: "")) }))
        #expect(try site.driver().ledger.job(job.id)?.state == .released)
        withExtendedLifetime(socket) {}
    }

    @Test func `is withdrawn when its files were taken back before it was claimed`() throws {
        try site.drop("a.nii.gz")
        let driver = try site.driver()
        let job = try site.record(driver)
        try FileManager.default.removeItem(atPath: site.inbox + "/a.nii.gz")
        try site.work()
        #expect(try driver.ledger.job(job.id)?.state == .withdrawn)
        #expect(site.tree("state/quarantine").isEmpty)
    }

    @Test func `is refused when some of its files vanish or change while it is taken`() throws {
        try site.drop("f/1", "DICOM 5 2")
        try site.drop("f/2", "DICOM 5 2")
        let driver = try site.driver()
        var facts: [FilePath: FileFacts] = [:]
        for name in ["f/1", "f/2"] { facts[FilePath(name)] = try FileSystem.facts(of: FilePath(site.inbox + "/" + name)) }
        _ = try driver.ledger.admit(
            [CasePlan(name: "f", kind: .dicom, files: ["f/1", "f/2"]).newCase(facts)], route: "liver", inbox: site.inbox, at: 1
        ) { _ in false }
        try FileManager.default.removeItem(atPath: site.inbox + "/f/2")
        try site.work()
        #expect(site.content("state/quarantine/f/error.json")?.contains("1 file(s) vanished") == true)
        #expect(site.tree("state/quarantine/f/input") == ["f", "f/1"])
    }

    @Test func `parks when the service ends, and goes on without a loss`() throws {
        try site.drop("a.nii.gz")
        var job = try #require(try site.admit().first)
        let driver = try site.driver()
        let converted = try #require(driver.advance(job, in: site.context()).job)
        job = converted
        #expect(driver.advance(job, in: site.context(), isCancelled: { true }) == .parked)
        #expect(try driver.ledger.job(job.id)?.attempts == 0)
        try site.work()
        expectPublishedOnce(site)
    }
}
