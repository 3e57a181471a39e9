import Foundation
import InboxProcessing
import Ledger
import TestSupport
import Testing

struct `A sender's folder` {
    let site: Site
    let start = ContinuousClock.now
    init() throws { site = try Site() }

    /// Takes what lies in the inbox, then looks once more after the settle time.
    private func takeAndTidy() throws -> [Job] {
        var intake = try site.intake()
        _ = try intake.look(at: start)
        let jobs = try intake.look(at: start + .seconds(10)).jobs
        _ = try intake.look(at: start + .seconds(15))
        _ = try intake.look(at: start + .seconds(30))
        return jobs
    }

    @Test func `goes when it has been empty for the settle time, with those in it and with what systems left there`() throws {
        for name in ["f/deep/1", "f/2"] { try site.drop(name, "DICOM 5 2") }
        for name in ["f/.DS_Store", "f/Thumbs.db", "f/deep/desktop.ini", "f/deep/@eaDir/1@SynoEAStream"] { try site.drop(name) }
        try FileManager.default.createDirectory(atPath: site.inbox + "/empty", withIntermediateDirectories: true)
        var intake = try site.intake()
        _ = try intake.look(at: start)
        #expect(try intake.look(at: start + .seconds(10)).jobs.map { $0.files.map(\.path) } == [["f/2", "f/deep/1"]])
        #expect(try intake.look(at: start + .seconds(12)).again != nil)
        #expect(FileManager.default.fileExists(atPath: site.inbox + "/f/deep"))
        _ = try intake.look(at: start + .seconds(25))
        #expect(site.tree("in") == ["empty"])
    }

    @Test(arguments: [
        "Thumbs.db", "desktop.ini", ".DS_Store", "~$report.docx", "lost+found/x", "@eaDir/x", ".snapshot/x", "._1", "#recycle/x",
    ])
    func `makes no case of what systems put there`(name: String) throws {
        try site.drop(name)
        try site.drop("f/\(name)")
        var intake = try site.intake()
        #expect(try intake.look(at: start).again == nil)
        #expect(try intake.look(at: start + .seconds(5000)).jobs.isEmpty)
    }

    @Test func `stays while a file of somebody's is in it`() throws {
        try site.drop("f/1", "DICOM 5 1")
        try site.drop("f/.hidden")
        #expect(try takeAndTidy().count == 1)
        #expect(site.tree("in") == ["f", "f/.hidden"])
    }

    @Test func `stays while a process stands in it`() throws {
        try site.drop("f/sub/1", "DICOM 5 1")
        var intake = try site.intake()
        _ = try intake.look(at: start)
        #expect(try intake.look(at: start + .seconds(10)).jobs.count == 1)
        let sender = Process()
        sender.executableURL = URL(filePath: "/bin/cat")
        sender.currentDirectoryURL = URL(filePath: site.inbox + "/f/sub")
        let pipe = Pipe()
        sender.standardInput = pipe
        try sender.run()
        _ = try intake.look(at: start + .seconds(11))
        _ = try intake.look(at: start + .seconds(100))
        #expect(site.tree("in") == ["f", "f/sub"])
        try pipe.fileHandleForWriting.close()
        sender.waitUntilExit()
        _ = try intake.look(at: start + .seconds(200))
        #expect(site.tree("in").isEmpty)
    }

    @Test func `is known after a restart`() throws {
        try site.drop("f/1", "DICOM 5 1")
        #expect(try site.admit().count == 1)
        #expect(site.tree("in") == ["f"])
        var intake = try site.intake()
        _ = try intake.look(at: start)
        _ = try intake.look(at: start + .seconds(20))
        #expect(site.tree("in").isEmpty)
    }

    @Test func `holds its case while somebody stands in it`() throws {
        try site.drop("f/1", "DICOM 5 0")
        let sender = Process()
        sender.executableURL = URL(filePath: "/bin/cat")
        sender.currentDirectoryURL = URL(filePath: site.inbox + "/f")
        let pipe = Pipe()
        sender.standardInput = pipe
        try sender.run()
        var intake = try site.intake()
        _ = try intake.look(at: start)
        #expect(try intake.look(at: start + .seconds(500)).jobs.isEmpty)
        try site.drop("f/2", "DICOM 5 0")
        try pipe.fileHandleForWriting.close()
        sender.waitUntilExit()
        _ = try intake.look(at: start + .seconds(501))
        #expect(try intake.look(at: start + .seconds(511)).jobs.map { $0.files.map(\.path) } == [["f/1", "f/2"]])
    }
}
