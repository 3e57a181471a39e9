import Files
import Foundation
import InboxProcessing
import Ledger
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// What a case named `a` must have become in the end: published once, whole, its input kept, nothing left over.
func expectPublishedOnce(_ site: Site, _ name: String = "a", input: String = "a.nii.gz", sourceLocation: SourceLocation = #_sourceLocation)
{
    #expect(
        site.tree("out") == [name, "\(name)/\(name).json", "\(name)/\(name).nii.gz", "\(name)/\(name)_overlay.png"],
        sourceLocation: sourceLocation)
    #expect(site.content("out/\(name)/\(name).nii.gz") == "voxels", sourceLocation: sourceLocation)
    #expect(site.content("state/processed/liver/\(name)/\(input)") == "voxels", sourceLocation: sourceLocation)
    #expect(site.tree("in").isEmpty, sourceLocation: sourceLocation)
    #expect(site.tree("state/quarantine").isEmpty, sourceLocation: sourceLocation)
    #expect((try? FileManager.default.contentsOfDirectory(atPath: "\(site.root)/out"))?.count == 1, sourceLocation: sourceLocation)
}

struct `The way of a case` {
    let site: Site
    init() throws { site = try Site() }

    @Test func `leads from the inbox to the outbox through every state`() throws {
        try site.drop("a.nii.gz")
        let job = try #require(try site.admit().first)
        try site.work()
        expectPublishedOnce(site)
        let driver = try site.driver()
        #expect(
            try driver.ledger.history(of: job.id) == [
                .admitted, .claimed, .released, .converted, .predicted, .exported, .verified, .published, .done,
            ])
        let done = try #require(try driver.ledger.job(job.id))
        #expect(done.timings.map(\.step) == ["claim", "release", "convert", "predict", "export", "verify", "publish", "archive"])
        #expect(done.warnings == ["converted", "predicted"])
        try driver.steps.clear(done)
        #expect(site.tree("state/work").isEmpty)
    }

    /// The worst moment of every step: its work is done and not yet recorded.
    @Test(arguments: JobState.allCases.filter { $0.nextStep != nil && $0 != .failing })
    func `may repeat a step that was done and not recorded`(state: JobState) throws {
        try site.drop("a.nii.gz")
        let driver = try site.driver()
        var lost = try site.advance(try site.record(driver), to: state, by: driver)
        _ = try driver.steps.perform(&lost, in: site.context())
        try site.work()
        expectPublishedOnce(site)
    }

    @Test func `publishes again nothing that was taken from the outbox before the step was recorded`() throws {
        try site.drop("a.nii.gz")
        let driver = try site.driver()
        let job = try site.advance(try #require(try site.admit().first), to: .verified, by: driver)
        var lost = job
        #expect(try driver.steps.perform(&lost, in: site.context()) == .published)
        try FileManager.default.removeItem(atPath: site.outbox + "/a")
        try site.work()
        #expect(site.tree("out").isEmpty)
        #expect(try driver.ledger.job(job.id)?.state == .done)
    }

    @Test func `stages again what was removed from the hidden folder`() throws {
        try site.drop("a.nii.gz")
        let driver = try site.driver()
        _ = try site.advance(try #require(try site.admit().first), to: .verified, by: driver)
        try FileManager.default.removeItem(atPath: site.outbox + "/.nnunetd")
        try site.work()
        expectPublishedOnce(site)
    }

    @Test func `takes another name when the outbox has got the case's meanwhile`() throws {
        try site.drop("a.nii.gz")
        let job = try #require(try site.admit().first)
        try FileManager.default.createDirectory(atPath: site.outbox + "/a", withIntermediateDirectories: true)
        try site.work()
        #expect(site.tree("out") == ["a", "a_2", "a_2/a_2.json", "a_2/a_2.nii.gz", "a_2/a_2_overlay.png"])
        #expect(site.content("out/a_2/a_2.json") == "a_2")
        #expect(try site.driver().ledger.job(job.id)?.state == .done)
    }

    @Test func `keeps staged results apart from published ones`() throws {
        try site.drop("a.nii.gz")
        var job = try #require(try site.admit().first)
        let driver = try site.driver()
        while job.state != .published {
            let next = try #require(driver.advance(job, in: site.context()).job)
            job = next
            let shown = try FileManager.default.contentsOfDirectory(atPath: site.outbox).filter { !$0.hasPrefix(".") }
            #expect(shown == (job.state == .published ? ["a"] : []))
        }
    }

    @Test func `waits for an outbox that is away, and loses nothing`() throws {
        try site.drop("a.nii.gz")
        let job = try #require(try site.admit().first)
        try FileManager.default.removeItem(atPath: site.outbox)
        try site.work()
        let driver = try site.driver()
        #expect(try driver.ledger.job(job.id)?.state == .predicted)
        #expect(!FileManager.default.fileExists(atPath: site.outbox))
        try FileManager.default.createDirectory(atPath: site.outbox, withIntermediateDirectories: true)
        try site.work()
        expectPublishedOnce(site)
    }

    @Test func `verifies what it staged byte by byte`() throws {
        try site.drop("a.nii.gz")
        let driver = try site.driver()
        let job = try site.advance(try #require(try site.admit().first), to: .exported, by: driver)
        try Data("voxelz".utf8).write(to: URL(filePath: "\(site.outbox)/.nnunetd/\(job.id)/a/a.nii.gz"))
        guard case .advanced(let staged) = driver.advance(job, in: site.context()) else {
            return #expect(Bool(false), "does not stage the mask again")
        }
        #expect(staged.state == .predicted)
        try site.work()
        expectPublishedOnce(site)
    }

    @Test(arguments: ["converted", "result"])
    func `goes back to where what is gone from its working folder is made`(folder: String) throws {
        try site.drop("a.nii.gz")
        let driver = try site.driver()
        let job = try site.advance(
            try #require(try site.admit().first), to: folder == "result" ? .predicted : .converted, by: driver)
        try FileManager.default.removeItem(atPath: site.layout.folder(of: job) + "/" + folder)
        try site.work()
        expectPublishedOnce(site)
    }

    @Test(.enabled(if: OtherFileSystem.isThere, "shared memory and temporary folders are one file system"))
    func `crosses file systems by copying`() throws {
        let other = try #require(try OtherFileSystem(than: site.root))
        try Data("voxels".utf8).write(to: URL(filePath: other.path + "/a.nii.gz"))
        let driver = try site.driver()
        var route = site.route
        route.inbox = other.path
        let context = RouteContext(route: route, engine: FakeEngine())
        var job = try site.record(driver, inbox: other.path)
        guard case .advanced(let claimed) = driver.advance(job, in: context) else { return #expect(Bool(false), "not claimed") }
        #expect(claimed.state == .claimed)
        #expect(FileManager.default.fileExists(atPath: other.path + "/a.nii.gz"))
        job = claimed
        while !job.state.isFinal {
            guard case .advanced(let next) = driver.advance(job, in: context) else { break }
            job = next
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.path).isEmpty)
        expectPublishedOnce(site)
    }
}

/// A temporary folder on another file system than a given one, where the machine has one (shared memory).
final class OtherFileSystem {
    static let isThere = (try? OtherFileSystem(than: NSTemporaryDirectory())) != nil

    let path: String

    init?(than folder: String) throws {
        path = "/dev/shm/nnunetd-test-" + UUID().uuidString
        guard FileManager.default.isWritableFile(atPath: "/dev/shm") else { return nil }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let devices = try [folder, path].map { try FileSystem.facts(of: FilePath($0))?.device }
        if devices[0] == devices[1] { return nil }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
