import Files
import Foundation
import InboxProcessing
import Ledger
import SystemPackage
import TestSupport
import Testing

struct `Taking cases from an inbox` {
    let site: Site
    let start = ContinuousClock.now
    init() throws { site = try Site() }

    @Test func `waits until a case is settled and says how long`() throws {
        try site.drop("a.nii.gz")
        var intake = try site.intake()
        let first = try intake.look(at: start)
        #expect(first.jobs.isEmpty)
        #expect(first.again == .seconds(10))
        let second = try intake.look(at: start + .seconds(10))
        #expect(second.jobs.map(\.name) == ["a"])
        #expect(second.jobs.map(\.state) == [.released])
        #expect(site.tree("in").isEmpty)
        #expect(site.tree("state/work").contains { $0.hasSuffix("input/a.nii.gz") })
        #expect(try intake.look(at: start + .seconds(20)).again == nil)
    }

    @Test func `starts anew when a file grows`() throws {
        try site.drop("a.nii.gz", "one")
        var intake = try site.intake()
        _ = try intake.look(at: start)
        try site.drop("a.nii.gz", "longer")
        #expect(try intake.look(at: start + .seconds(10)).jobs.isEmpty)
        #expect(try intake.look(at: start + .seconds(19)).jobs.isEmpty)
        #expect(try intake.look(at: start + .seconds(20)).jobs.count == 1)
    }

    @Test(.enabled(if: TemporaryFileSystem.hasLeases, "the temporary folder's file system has no leases"))
    func `does not take a file that is open for writing`() throws {
        try site.drop("a.nii.gz")
        let handle = open(site.inbox + "/a.nii.gz", O_WRONLY | O_CLOEXEC)
        var intake = try site.intake()
        _ = try intake.look(at: start)
        #expect(try intake.look(at: start + .seconds(50)).jobs.isEmpty)
        close(handle)
        #expect(try intake.look(at: start + .seconds(70)).jobs.count == 1)
    }

    @Test func `lets a folder with a partial file wait`() throws {
        try site.drop("f/1", "DICOM 5 1")
        try site.drop("f/2.part")
        var intake = try site.intake()
        _ = try intake.look(at: start)
        #expect(try intake.look(at: start + .seconds(50)).jobs.isEmpty)
        try FileManager.default.removeItem(atPath: site.inbox + "/f/2.part")
        _ = try intake.look(at: start + .seconds(51))
        #expect(try intake.look(at: start + .seconds(61)).jobs.map(\.name) == ["f"])
    }

    @Test func `waits for late slices and takes them into the same case`() throws {
        try site.drop("f/1", "DICOM 5 2")
        var intake = try site.intake()
        _ = try intake.look(at: start)
        let look = try intake.look(at: start + .seconds(40))
        #expect(look.jobs.isEmpty)
        #expect(look.again == .seconds(60))
        try site.drop("f/2", "DICOM 5 2")
        _ = try intake.look(at: start + .seconds(41))
        let jobs = try intake.look(at: start + .seconds(51)).jobs
        #expect(jobs.map { $0.files.map(\.path) } == [["f/1", "f/2"]])
        #expect(jobs.first?.refusal == nil)
    }

    @Test func `calls a case that waits by the id that its job will have, after a restart too`() throws {
        try site.drop("f/1", "DICOM 5 2")
        var ids: Set<String> = []
        for _ in 0..<2 {
            var intake = try site.intake()
            _ = try intake.look(at: start)
            _ = try intake.look(at: start + .seconds(40))
            ids.formUnion(try site.driver().ledger.waiting().map(\.id))
        }
        try site.drop("f/2", "DICOM 5 2")
        let job = try #require(try site.admit().first)
        #expect(ids == [job.id])
        #expect(try site.driver().ledger.waiting().isEmpty)
    }

    @Test func `forgets a case that was taken back while it waited`() throws {
        try site.drop("f/1", "DICOM 5 2")
        var intake = try site.intake()
        _ = try intake.look(at: start)
        _ = try intake.look(at: start + .seconds(40))
        #expect(try site.driver().ledger.waiting().map(\.droppedName) == ["f"])
        try FileManager.default.removeItem(atPath: site.inbox + "/f")
        _ = try intake.look(at: start + .seconds(41))
        #expect(try site.driver().ledger.waiting().isEmpty)
    }

    @Test func `refuses what stays incomplete, with what is missing named`() throws {
        try site.drop("f/1", "DICOM 5 2")
        var intake = try site.intake()
        _ = try intake.look(at: start)
        _ = try intake.look(at: start + .seconds(40))
        #expect(try intake.look(at: start + .seconds(100)).jobs.count == 1)
        try site.work()
        #expect(site.tree("state/quarantine") == ["f", "f/error.json", "f/input", "f/input/f", "f/input/f/1"])
        #expect(site.content("state/quarantine/f/error.json")?.contains("1 of 2 slices") == true)
    }

    @Test func `gives a second case of the same name another one`() throws {
        for expected in ["a", "a_2", "a_3"] {
            try site.drop("a.nii.gz", expected)
            #expect(try site.admit().map(\.name) == [expected])
        }
        try site.work()
        #expect(site.content("out/a_2/a_2.nii.gz") == "a_2")
        try site.drop("a.nii.gz", "four")
        #expect(try site.admit().map(\.name) == ["a_4"])
    }

    @Test func `leaves a case in the inbox while the outbox can't be asked, and takes others meanwhile`() throws {
        try FileManager.default.removeItem(atPath: site.outbox)
        try FileManager.default.createSymbolicLink(atPath: site.outbox, withDestinationPath: "out")  // a loop: asking gives ELOOP
        try site.drop("a.nii.gz")
        var intake = try site.intake()
        _ = try intake.look(at: start)
        let look = try intake.look(at: start + .seconds(10))
        #expect(look.jobs.isEmpty)
        #expect(look.again == .seconds(5))
        #expect(try intake.look(at: start + .seconds(15)).again == .seconds(10))
        #expect(site.tree("in") == ["a.nii.gz"])
        let other = try site.driver().ledger.admit(
            [NewCase(name: "a", kind: .nifti)], route: "other", inbox: "/x", at: 1
        ) { _ in false }
        #expect(other.map(\.name) == ["a"])
        try FileManager.default.removeItem(atPath: site.outbox)
        try FileManager.default.createDirectory(atPath: site.outbox, withIntermediateDirectories: true)
        #expect(try intake.look(at: start + .seconds(25)).jobs.map(\.name) == ["a"])
    }

    @Test func `avoids names that lie in the outbox already`() throws {
        try FileManager.default.createDirectory(atPath: site.outbox + "/a", withIntermediateDirectories: true)
        try site.drop("a.nii.gz")
        #expect(try site.admit().map(\.name) == ["a_2"])
    }

    @Test func `renames what has no valid text as a name, then takes it`() throws {
        let name = FilePath(bytes: Array(site.inbox.utf8) + Array("/M".utf8) + [0xFC] + Array("ller\n.nii.gz".utf8))
        let descriptor = name.withPlatformString { open($0, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600) }
        #expect(write(descriptor, "voxels", 6) == 6)
        #expect(close(descriptor) == 0)
        var intake = try site.intake { _ in .closed }
        _ = try intake.look(at: start)
        #expect(try intake.look(at: start + .seconds(200)).jobs.isEmpty)
        #expect(site.tree("in") == ["M%FCller%0A.nii.gz"])
        _ = try intake.look(at: start + .seconds(201))
        #expect(try intake.look(at: start + .seconds(400)).jobs.map(\.name) == ["M_FCller_0A"])
    }

    @Test func `takes names of 255 bytes`() throws {
        let name = String(repeating: "x", count: 248)
        try site.drop(name + ".nii.gz")
        let jobs = try site.admit()
        #expect(jobs.first?.name.utf8.count ?? 0 <= 120)
        try site.work()
        #expect(site.tree("out").count == 4)
    }

    @Test func `never takes a case's files for a new drop while they can't be moved`() throws {
        try site.drop("a.nii.gz")
        var intake = try site.intake()
        _ = try intake.look(at: start)
        try FileManager.default.removeItem(atPath: site.layout.work)
        try Data().write(to: URL(filePath: site.layout.work))  // no folder can be made there
        let jobs = try intake.look(at: start + .seconds(10)).jobs
        #expect(jobs.count == 1)
        #expect(try intake.look(at: start + .seconds(30)).jobs.isEmpty)
        #expect(try intake.look(at: start + .seconds(60)).jobs.isEmpty)
    }

    @Test func `says of a series of unknown length that its completeness was assumed`() throws {
        try site.drop("f/1", "DICOM 5 0")
        #expect(try site.admit().map(\.warnings) == [[CasePlan.assumption]])
        try site.drop("g/1", "DICOM 6 1")
        #expect(try site.admit().map(\.warnings) == [[]])
    }

    @Test func `tells names apart that look alike`() throws {
        try site.drop("M\u{FC}ller.nii.gz", "composed")
        try site.drop("Mu\u{308}ller.nii.gz", "decomposed")
        let jobs = try site.admit()
        #expect(jobs.map { $0.files.count } == [1, 1])
        #expect(Set(jobs.map(\.name)).count == 2)
        #expect(jobs.allSatisfy { $0.refusal == nil })
        #expect(site.tree("in").isEmpty)
    }
}
