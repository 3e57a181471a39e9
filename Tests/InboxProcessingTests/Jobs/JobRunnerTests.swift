import Dispatch
import Files
import Foundation
import InboxProcessing
import ServiceHost
import Synchronization
import SystemPackage
import TestSupport
import Testing

struct `The runner` {
    let site: Site
    init() throws { site = try Site() }

    private func runner(_ engine: FakeEngine, known: Bool = true) throws -> JobRunner {
        let context = site.context(engine)
        return JobRunner(driver: try site.driver(), monitor: ProgressMonitor()) { _ in known ? context : nil }
    }

    private func waitUntil(_ condition: () -> Bool) async throws {
        for _ in 0..<1000 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
        #expect(condition())
    }

    @Test func `works off what it finds and what comes later`() async throws {
        try site.drop("a.nii.gz")
        _ = try site.admit()
        let runner = try runner(FakeEngine())
        let task = Task { await runner.work() }
        try await waitUntil { site.content("out/a/a.json") != nil }
        try site.drop("b.nii.gz")
        _ = try site.admit()
        runner.wake()
        try await waitUntil { site.content("out/b/b.json") != nil }
        runner.stop()
        await task.value
        #expect(site.tree("state/work").isEmpty)
    }

    @Test func `lets other cases pass one that waits`() async throws {
        try site.drop("a.nii.gz")
        try site.drop("b.nii.gz")
        _ = try site.admit()
        let count = Mutex(0)
        let engine = FakeEngine(on: { name throws(StepFailure) in
            let isFirst = count.withLock { count in
                count += 1
                return count == 1
            }
            if isFirst { throw .waiting(reason: "away") }
        })
        let runner = try runner(engine)
        let task = Task { await runner.work() }
        try await waitUntil { site.content("out/b/b.json") != nil }
        #expect(site.content("out/a/a.json") == nil)
        runner.stop()
        await task.value
    }

    @Test func `goes on with other routes while a step hangs in its folders, and takes that route up again when it has come back`()
        async throws
    {
        try site.drop("a.nii.gz")
        _ = try site.admit()
        let (isHanging, mayGoOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let isFirst = Mutex(true)
        let engine = FakeEngine(on: { name throws(StepFailure) in
            guard name == "verify",
                isFirst.withLock({ first in
                    defer { first = false }; return first
                })
            else { return }
            isHanging.signal()
            mayGoOn.wait()
        })
        let other = ServiceConfiguration.Route(name: "lung", inbox: site.inbox, outbox: site.root + "/other", models: [])
        try FileManager.default.createDirectory(atPath: other.outbox, withIntermediateDirectories: true)
        let contexts = ["liver": site.context(engine), "lung": RouteContext(route: other, engine: FakeEngine())]
        let driver = try site.driver()
        let runner = JobRunner(driver: driver, monitor: ProgressMonitor(), folderPatience: .milliseconds(50)) { contexts[$0] }
        let task = Task { await runner.work() }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                isHanging.wait()
                continuation.resume()
            }
        }
        try site.drop("b.nii.gz")
        let facts = try #require(try FileSystem.facts(of: FilePath(site.inbox + "/b.nii.gz")))
        _ = try driver.ledger.admit(
            [CasePlan(name: "b", kind: .nifti, files: ["b.nii.gz"]).newCase([FilePath("b.nii.gz"): facts])], route: "lung",
            inbox: site.inbox, at: 1, isTaken: { _ in false })
        runner.wake()
        try await waitUntil { site.content("other/b/b.json") != nil }
        #expect(site.content("out/a/a.json") == nil)
        mayGoOn.signal()
        try await waitUntil { site.content("out/a/a.json") != nil }
        runner.stop()
        await task.value
    }

    @Test func `keeps cases of a route that is no longer configured`() async throws {
        try site.drop("a.nii.gz")
        let job = try #require(try site.admit().first)
        let runner = try runner(FakeEngine(), known: false)
        let task = Task { await runner.work() }
        try await Task.sleep(for: .milliseconds(100))
        runner.stop()
        await task.value
        #expect(try site.driver().ledger.job(job.id)?.state == .released)
    }

    @Test func `parks the running case when it is stopped`() async throws {
        try site.drop("a.nii.gz")
        let job = try #require(try site.admit().first)
        let reached = Mutex(false)
        let go = DispatchSemaphore(value: 0)
        let runner = try runner(
            FakeEngine(on: { name throws(StepFailure) in
                guard name == "tile 0" else { return }
                reached.withLock { $0 = true }
                go.wait()
            }))
        let task = Task { await runner.work() }
        try await waitUntil { reached.withLock { $0 } }
        runner.stop()
        go.signal()
        await task.value
        let parked = try #require(try site.driver().ledger.job(job.id))
        #expect(parked.state == .converted)
        #expect(parked.attempts == 0)
        try site.work()
        expectPublishedOnce(site)
    }
}
