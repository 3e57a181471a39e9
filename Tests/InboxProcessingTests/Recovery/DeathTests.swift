import Files
import Foundation
import InboxProcessing
import Ledger
import ServiceHost
import SystemPackage
import TestSupport
import Testing

struct `A service that ended during a step` {
    private static let before = RunMarks(bootID: "one", memoryKillsOfGroup: 3, memoryKillsOfMachine: 3)
    private static let reboot = RunMarks(bootID: "two", memoryKillsOfGroup: 0, memoryKillsOfMachine: 0)
    private static let memoryKiller = RunMarks(bootID: "one", memoryKillsOfGroup: 4, memoryKillsOfMachine: 4)

    private func death(
        marks: RunMarks = before, _ result: String? = nil, _ status: String = "", crash: CrashRecord.Crash? = nil, at time: Double = 11
    ) -> Death {
        let end = result.map { EndRecord(serviceResult: $0, exitCode: "killed", exitStatus: status, time: time) }
        return Death(
            of: Attempt(begun: 10, marks: Self.before), part: "job", usesTeam: true, evidence: .init(marks: marks, end: end, crash: crash))
    }

    @Test func `was ended by the step where it crashed, hung, or took all memory`() {
        #expect(death("core-dump", "SEGV") == .crash("SIGSEGV"))
        #expect(death("signal", "ABRT") == .crash("SIGABRT"))
        #expect(death(crash: .init(signal: SIGBUS, part: "job")) == .crash("SIGBUS"))
        #expect(death(crash: .init(signal: SIGSEGV, part: nil)) == .crash("SIGSEGV"))
        #expect(death("watchdog", "ABRT") == .hang)
        #expect(death("oom-kill", "KILL") == .memoryKiller)
        #expect(death(marks: Self.memoryKiller, "signal", "KILL") == .memoryKiller)
        #expect(death(marks: Self.memoryKiller) == .memoryKiller)
        #expect(death("oom-kill").counts && death("watchdog").counts && death("core-dump", "SEGV").counts)
    }

    @Test func `was ended by something else where the machine went down, somebody killed it, or another part crashed`() {
        #expect(death(marks: Self.reboot) == .powerCut)
        #expect(death(marks: Self.reboot, "signal", "SEGV", at: 1) == .powerCut)
        #expect(death("signal", "KILL") == .ended("SIGKILL"))
        #expect(death("timeout", "KILL") == .ended("timeout"))
        #expect(death(crash: .init(signal: SIGSEGV, part: "an inbox")) == .otherCrash("an inbox"))
        #expect(death() == .unknown)
        #expect(death("core-dump", "SEGV", at: 9) == .unknown)  // the word on an earlier end
        #expect(!death().counts && !death("signal", "KILL").counts && !death(marks: Self.reboot).counts)
    }

    /// Ends another process during the prediction of a case by a signal, and judges that as the next start does.
    private func die(by signal: Int32, at site: Site) async throws {
        await #expect(processExitsWith: .signal(signal)) { [root = site.root as String, signal] in
            let site = try Site(at: root)
            try CrashRecord.begin(at: site.layout.crash)
            if try site.driver().ledger.unfinishedIDs().isEmpty { _ = try site.admit() }
            try site.work(FakeEngine(on: { name throws(StepFailure) in if name == "tile 1" { raise(signal) } }))
        }
        let evidence = Death.Evidence(marks: .now(), end: nil, crash: try CrashRecord.take(from: site.layout.crash))
        let driver = try site.driver()
        try DeathJudge(ledger: driver.ledger, events: driver.events).judge(evidence, at: 1)
    }

    @Test func `three times by a crash refuses the case, with the signal named`() async throws {
        let site = try Site()
        try site.drop("a.nii.gz")
        for count in 1...3 {
            try await die(by: SIGSEGV, at: site)
            let driver = try site.driver()
            #expect(try driver.ledger.unfinishedIDs().compactMap { try driver.ledger.job($0)?.deaths.count } == [count])
        }
        try site.work()
        let text = try #require(site.content("state/quarantine/a/error.json"))
        #expect(text.contains("the step predict ended the service 3 times: it crashed (SIGSEGV)"))
        #expect(site.tree("out").isEmpty)
    }

    @Test func `four times by a kill from outside costs the case nothing`() async throws {
        let site = try Site()
        try site.drop("a.nii.gz")
        for _ in 1...4 { try await die(by: SIGKILL, at: site) }
        try site.work()
        expectPublishedOnce(site)
    }

    @Test func `lets the case run after the others`() throws {
        let site = try Site()
        try site.drop("a.nii.gz")
        let driver = try site.driver()
        var suspect = try #require(try site.admit().first)
        suspect.deaths = ["it crashed"]
        try driver.ledger.save(suspect, at: 1)
        try site.drop("b.nii.gz")
        let other = try #require(try site.admit().first)
        #expect(try driver.ledger.unfinishedIDs() == [other.id, suspect.id])
    }

    @Test func `is described by the service manager's environment`() throws {
        let folder = try TemporaryFolder()
        let path = FilePath(folder.file("end.json"))
        let environment = ["SERVICE_RESULT": "oom-kill", "EXIT_CODE": "killed", "EXIT_STATUS": "KILL"]
        let record = try #require(EndRecord(environment: environment, time: 5))
        try record.write(to: path)
        #expect(try EndRecord.take(from: path) == record)
        #expect(try EndRecord.take(from: path) == nil)
        #expect(EndRecord(environment: [:], time: 5) == nil)
    }
}
