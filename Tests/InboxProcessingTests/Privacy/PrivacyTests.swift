import Foundation
import TestSupport
import Testing

/// The real program, with patients' names wherever names can be.
@Suite(.serialized) struct `Whatever the daemon writes` {
    /// Takes a daemon through everything that it has something to say about, and ends it.
    private func live(_ daemon: DaemonProcess) throws {
        let drops = PatientDrops(inbox: daemon.folder.file("in"))
        let (outbox, away) = (daemon.folder.file("out"), daemon.folder.file("away"))
        try daemon.start()
        #expect(daemon.wait { daemon.log.contains("Started") }, "\(daemon.log)")
        try FileManager.default.moveItem(atPath: outbox, toPath: away)
        try drops.refused()
        try drops.ignored()
        try drops.dicom(in: "Erika Mustermann 19560312", series: 3, missing: 4)
        try drops.nifti()
        #expect(daemon.wait { daemon.log.contains("waits and is tried again") && daemon.log.contains("is not complete") }, "\(daemon.log)")
        daemon.signal(SIGTERM)
        #expect(daemon.wait() == 0)
        try FileManager.default.moveItem(atPath: away, toPath: outbox)
        try drops.dicom(in: "Mustermann/Erika", series: 4)
        let before = daemon.states.filter { $0 == "converted" }.count
        try daemon.start()
        #expect(daemon.wait { daemon.states.filter { $0 == "converted" }.count > before }, "\(daemon.log)")
        daemon.signal(SIGTERM)
        #expect(daemon.wait() == 0)
        let starts = daemon.startCount
        try daemon.start()
        #expect(daemon.wait { daemon.startCount > starts }, "\(daemon.log)")
        daemon.signal(SIGHUP)
        try drops.dicom(in: nil, series: 5)
        #expect(daemon.wait { daemon.log.contains("in force") && daemon.states.filter { $0 == "done" }.count == 3 }, "\(daemon.log)")
        #expect(daemon.wait { daemon.states.filter { $0 == "quarantined" }.count == 5 }, "\(daemon.log)")
        daemon.signal(SIGTERM)
        #expect(daemon.wait() == 0)
    }

    /// The paths and contents below a folder, what is compressed inflated, in small letters.
    private func everything(below folder: String, but isLeftOut: (String) -> Bool = { _ in false }) throws -> String {
        try (FileManager.default.subpaths(atPath: folder) ?? []).filter { !isLeftOut($0) }.map { name in
            let path = folder + "/" + name
            let copy = try TemporaryFolder()
            if name.hasSuffix(".gz") { try shell("gzip -dc '\(path)' > '\(copy.file("plain"))'") }
            let contents = [path, copy.file("plain")].compactMap { FileManager.default.contents(atPath: $0) }
            return name + "\n" + contents.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
        }.joined(separator: "\n").lowercased()
    }

    private func expectNone(of words: [String], in text: String, _ place: String) {
        let lines = text.lowercased().split(separator: "\n")
        for word in words {
            #expect(!lines.contains { $0.contains(word) }, "\(place): \(lines.first { $0.contains(word) }?.prefix(300) ?? "")")
        }
    }

    @Test(arguments: [false, true]) func `tells nobody whose case it is`(isPseudonymous: Bool) throws {
        let daemon = try DaemonProcess()
        let manager = try NotifySocket(path: daemon.folder.file("notify"))
        daemon.environment["NOTIFY_SOCKET"] = manager.path
        try daemon.configure(options: isPseudonymous ? "case_names = \"pseudonym\"" : "")
        try live(daemon)
        let all = PatientDrops.dropped + PatientDrops.within

        for said in ["was taken on", "is published", "can't be processed", "is not complete", "is left alone"] {
            #expect(daemon.log.contains(said), "\(said): \(daemon.log)")
        }
        expectNone(of: all, in: daemon.log, "log")
        #expect(manager.text.contains("STATUS=Case "))
        expectNone(of: all, in: manager.text, "status")

        let published = try everything(below: daemon.folder.file("out"))
        #expect(published.contains("\"case_id\""))
        expectNone(of: isPseudonymous ? all : PatientDrops.within, in: published, "outbox")
        #expect(published.contains("mustermann_erika") != isPseudonymous)

        let own = ["work/", "intake/", "quarantine/", "processed/", "journal.sqlite", "names.tsv"]
        expectNone(
            of: all, in: try everything(below: daemon.folder.file("state")) { name in own.contains { name.hasPrefix($0) } }, "state")
        expectNone(of: all, in: try everything(below: daemon.folder.file("cache")), "cache")
        try expectNames(daemon, isPseudonymous)
    }

    /// The table of names explains every pseudonym, to the service's group and nobody else.
    private func expectNames(_ daemon: DaemonProcess, _ isPseudonymous: Bool) throws {
        let path = daemon.folder.file("state/names.tsv")
        #expect(FileManager.default.fileExists(atPath: path) == isPseudonymous)
        guard isPseudonymous else { return }
        let table = try String(contentsOfFile: path, encoding: .utf8)
        for name in try FileManager.default.contentsOfDirectory(atPath: daemon.folder.file("out")) where !name.hasPrefix(".") {
            #expect(table.contains("\n\(name)\tphantom\t"), "\(name): \(table)")
        }
        #expect(table.contains("\tMustermann_Erika_19560312\t"), "\(table)")
        for name in ["names.tsv", "journal.sqlite"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: daemon.folder.file("state/" + name))
            #expect((attributes[.posixPermissions] as? Int ?? 0o777) & 0o137 == 0, "\(name)")
        }
    }

    @Test func `has names in log and status where the site wants them`() throws {
        let daemon = try DaemonProcess()
        let manager = try NotifySocket(path: daemon.folder.file("notify"))
        daemon.environment["NOTIFY_SOCKET"] = manager.path
        try daemon.configure(top: "log_names = true")
        try PatientDrops(inbox: daemon.folder.file("in")).nifti()
        try daemon.start()
        #expect(daemon.wait { daemon.states.last == "done" }, "\(daemon.log)")
        #expect(daemon.log.contains("(Mustermann_Erika_19560312) was taken on."), "\(daemon.log)")
        #expect(daemon.log.contains("name=Mustermann_Erika_19560312"), "\(daemon.log)")
        #expect(manager.text.contains("(Mustermann_Erika_19560312) (phantom): "))
    }
}
