import Foundation
import InboxProcessing
import Ledger
import Testing

@Suite(.enabled(if: SmallFileSystem.isAvailable, "needs the right to mount a tmpfs"))
struct `A case whose outbox can't take it` {
    let site: Site
    init() throws { site = try Site() }

    @Test func `waits while the outbox is full and is published once when there is room`() throws {
        let disk = try #require(SmallFileSystem(over: site.outbox))
        try disk.fill()
        let job = try admitted()
        try site.work()
        #expect(try site.driver().ledger.job(job.id)?.state == .predicted)
        try disk.clear()
        try site.work()
        expectPublishedOnce(site)
    }

    @Test func `waits while the outbox is read-only and is published once when it is not`() throws {
        let disk = try #require(SmallFileSystem(over: site.outbox))
        try #require(disk.allowWriting(false))
        let job = try admitted()
        try site.work()
        #expect(try site.driver().ledger.job(job.id)?.state == .predicted)
        #expect(site.tree("state/quarantine").isEmpty)
        try #require(disk.allowWriting(true))
        try site.work()
        expectPublishedOnce(site)
    }

    private func admitted() throws -> Job {
        try site.drop("a.nii.gz")
        return try #require(try site.admit().first)
    }
}
