import Files
import Foundation
import InboxProcessing
import SystemPackage
import TestSupport
import Testing

struct `A file that somebody may still write` {
    let site: Site
    let start = ContinuousClock.now
    init() throws { site = try Site() }

    /// How long after the first look the inbox's only case is taken: the first of these times, s.
    private func taken(_ intake: RouteIntake, at times: [Int] = [10, 29, 30, 99, 100, 5000]) throws -> Int? {
        var intake = intake
        _ = try intake.look(at: start)
        return try times.first { try !intake.look(at: start + .seconds($0)).jobs.isEmpty }
    }

    @Test func `waits three times the settle time where the kernel says nothing of it`() throws {
        try site.drop("a.nii.gz")
        #expect(try taken(site.intake(probe: { _ in .unknown })) == 30)
    }

    @Test func `waits as long as an incomplete case where it was seen being written and not closed`() throws {
        try site.drop("a.nii.gz")
        #expect(try taken(site.intake(writing: ["a.nii.gz"], probe: { _ in .unknown })) == 100)
    }

    @Test func `waits so after a restart too`() throws {
        try site.drop("a.nii.gz")
        var before = try site.intake(writing: ["a.nii.gz"], probe: { _ in .unknown })
        _ = try before.look(at: start)
        #expect(try taken(site.intake(probe: { _ in .unknown })) == 100)
    }

    @Test func `waits no longer when the kernel says that nobody writes`() throws {
        try site.drop("a.nii.gz")
        #expect(try taken(site.intake(writing: ["a.nii.gz"], probe: { _ in .closed })) == 10)
    }

    @Test func `is never taken while it is open, however short the times are`() throws {
        try site.drop("a.nii.gz")
        #expect(try taken(site.intake(settle: .seconds(10), incompleteAfter: .seconds(1), probe: { _ in .open })) == nil)
    }

    @Test func `is never taken while it can't be read`() throws {
        try site.drop("a.nii.gz")
        #expect(try taken(site.intake(probe: { _ in .unreadable(SystemError(EACCES)) })) == nil)
    }

    @Test(.enabled(if: TemporaryFileSystem.keepsHoles, "the temporary folder's file system keeps no holes"))
    func `waits as long as an incomplete case where its size was set before its content came`() throws {
        try site.drop("a.nii.gz")
        #expect(truncate(site.inbox + "/a.nii.gz", 1 << 20) == 0)
        #expect(try taken(site.intake(probe: { _ in .closed })) == 100)
    }

    @Test func `is one case when it grows again after its close`() throws {
        try site.drop("a.nii.gz", "HALF")
        var intake = try site.intake(probe: { _ in .closed })
        _ = try intake.look(at: start)
        #expect(try intake.look(at: start + .seconds(50)).jobs.isEmpty)
        try site.drop("a.nii.gz", "voxels")
        _ = try intake.look(at: start + .seconds(60))
        #expect(try intake.look(at: start + .seconds(70)).jobs.map(\.name) == ["a"])
        try site.work()
        expectPublishedOnce(site)
    }

    @Test func `goes to quarantine by name when its rest never comes`() throws {
        try site.drop("a.nii.gz", "HALF")
        #expect(try taken(site.intake(probe: { _ in .closed })) == 100)
        try site.work()
        let record = try #require(site.content("state/quarantine/a/error.json"))
        #expect(record.contains("holds half of its bytes"))
        #expect(record.contains("a.nii.gz"))
    }

    @Test(arguments: [
        ".1.aB3dE5", "1.part", "1.filepart", "1.uploading", "1.crdownload", "1.!ut", "1.aria2", ".1.swp", "1.lck", "1.TMP",
        ".goutputstream-X1",
        ".in.1.", "~syncthing~1.tmp",
    ])
    func `holds its folder under the name of a transfer or an editor`(name: String) throws {
        try site.drop("f/0", "DICOM 5 0")
        try site.drop("f/\(name)")
        var intake = try site.intake(probe: { _ in .closed })
        _ = try intake.look(at: start)
        #expect(try intake.look(at: start + .seconds(50)).jobs.isEmpty)
        try FileManager.default.moveItem(atPath: "\(site.inbox)/f/\(name)", toPath: site.inbox + "/f/1")
        try site.drop("f/1", "DICOM 5 0")
        _ = try intake.look(at: start + .seconds(51))
        #expect(try intake.look(at: start + .seconds(61)).jobs.map { $0.files.map(\.path) } == [["f/0", "f/1"]])
    }

    @Test func `condemns its folder when its transfer is never finished`() throws {
        try site.drop("f/0", "DICOM 5 0")
        try site.drop("f/1.part")
        #expect(try taken(site.intake(probe: { _ in .closed })) == 100)
        try site.work()
        #expect(site.content("state/quarantine/f/error.json")?.contains("f/1.part") == true)
    }

    @Test func `holds the file of its own name and no other`() throws {
        try site.drop("a.nii.gz", "")
        try site.drop("a.nii.gz.part")
        try site.drop("b.nii.gz")
        var intake = try site.intake(probe: { _ in .closed })
        _ = try intake.look(at: start)
        #expect(try intake.look(at: start + .seconds(50)).jobs.map(\.name) == ["b"])
    }

    @Test func `does not starve when the configuration is read again and again`() throws {
        try site.drop("a.nii.gz")
        var intake = try site.intake()
        _ = try intake.look(at: start)
        for second in 1...9 {
            var next = try site.intake()
            next.goOn(from: intake)
            intake = next
            _ = try intake.look(at: start + .seconds(second))
        }
        #expect(try intake.look(at: start + .seconds(10)).jobs.map(\.name) == ["a"])
    }
}

struct `A damaged file beside loose slices` {
    let site: Site
    let start = ContinuousClock.now
    init() throws { site = try Site() }

    @Test func `holds every series that it may belong to, then is named in quarantine`() throws {
        try site.drop("1", "DICOM 5 0")
        try site.drop("2", "DICOM 5 0")
        try site.drop("3", "DAMAGED")
        var intake = try site.intake(probe: { _ in .closed })
        _ = try intake.look(at: start)
        #expect(try intake.look(at: start + .seconds(50)).jobs.isEmpty)
        #expect(try intake.look(at: start + .seconds(100)).jobs.count == 2)
        try site.work()
        #expect(site.content("state/quarantine/series_5/error.json")?.contains("is cut off") == true)
        #expect(site.tree("out").isEmpty)
    }

    @Test func `counts no more when it has been sent again`() throws {
        try site.drop("1", "DICOM 5 3")
        try site.drop("2", "DICOM 5 3")
        try site.drop("3", "DAMAGED")
        var intake = try site.intake(probe: { _ in .closed })
        _ = try intake.look(at: start)
        #expect(try intake.look(at: start + .seconds(50)).jobs.isEmpty)
        try site.drop("3", "DICOM 5 3")
        _ = try intake.look(at: start + .seconds(51))
        #expect(try intake.look(at: start + .seconds(61)).jobs.map { $0.files.count } == [3])
    }
}
