import Foundation
import InboxProcessing
import ServiceHost
import TestSupport
import Testing

struct `A job that an intake brings in` {
    @Test func `is left alone by the runner until it is let go`() async throws {
        let site = try Site()
        try site.drop("a.nii.gz")
        let driver = try site.driver()
        let job = try site.record(driver) { driver.hold.take($0) }
        let context = site.context()
        let runner = JobRunner(driver: driver, monitor: ProgressMonitor()) { _ in context }
        let task = Task { await runner.work() }
        try await Task.sleep(for: .milliseconds(200))
        #expect(try driver.ledger.job(job.id)?.state == .admitted)
        driver.hold.letGo(job.id)
        runner.wake()
        for _ in 0..<500 where try driver.ledger.job(job.id)?.state != .done { try await Task.sleep(for: .milliseconds(10)) }
        runner.stop()
        await task.value
        expectPublishedOnce(site)
    }
}
