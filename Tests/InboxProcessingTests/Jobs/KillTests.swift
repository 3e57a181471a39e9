import Foundation
import InboxProcessing
import Ledger
import TestSupport
import Testing

/// Every test runs a process that is killed at one place of a case's way; then another goes on.
struct `A killed service` {
    @Test(arguments: ["convert", "tile 0", "tile 2", "predicted", "verify"])
    func `publishes a case once after a kill inside the engine`(call: String) async throws {
        let site = try Site()
        try site.drop("a.nii.gz")
        await #expect(processExitsWith: .signal(SIGKILL)) { [root = site.root as String, call] in
            let site = try Site(at: root)
            _ = try site.admit()
            try site.work(FakeEngine(on: { name throws(StepFailure) in if name == call { kill(getpid(), SIGKILL) } }))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.outbox).allSatisfy { $0.hasPrefix(".") })
        try site.work()
        expectPublishedOnce(site)
    }

    @Test(arguments: JobState.allCases.filter { $0.nextStep != nil && $0 != .failing }.map(\.rawValue))
    func `publishes a case once after a kill in any state`(state: String) async throws {
        let site = try Site()
        try site.drop("a.nii.gz")
        await #expect(processExitsWith: .signal(SIGKILL)) { [root = site.root as String, state] in
            let site = try Site(at: root)
            let driver = try site.driver()
            var job = try site.record(driver)
            while job.state.rawValue != state {
                let next = try #require(driver.advance(job, in: site.context()).job)
                job = next
            }
            kill(getpid(), SIGKILL)
        }
        try site.work()
        expectPublishedOnce(site)
        #expect(try site.admit().isEmpty)
    }

    @Test func `quarantines a case once after a kill between refusal and quarantine`() async throws {
        let site = try Site()
        try site.drop("a.nii.gz")
        await #expect(processExitsWith: .signal(SIGKILL)) { [root = site.root as String] in
            let site = try Site(at: root)
            var job = try site.admit()[0]
            let engine = FakeEngine(on: { _ throws(StepFailure) in throw .refused(Refusal(what: "bad", advice: "none")) })
            guard case .advanced(let next) = try site.driver().advance(job, in: site.context(engine)), next.state == .failing else {
                return
            }
            job = next
            _ = try site.driver().steps.perform(&job, in: site.context())
            kill(getpid(), SIGKILL)
        }
        try site.work()
        #expect(site.tree("state/quarantine") == ["a", "a/error.json", "a/input", "a/input/a.nii.gz"])
        #expect(site.tree("in").isEmpty)
    }
}
