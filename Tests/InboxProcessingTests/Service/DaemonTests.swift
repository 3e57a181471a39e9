import Foundation
import Imaging
import InboxProcessing
import NIfTI
import TestSupport
import Testing

/// The real program with a real model.
@Suite(.serialized) struct `The daemon` {
    private let phantom = PhantomBundle.path("cases/phantom_013_0000.nii.gz")

    private func contents(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0 != FolderRegister.markName }.sorted()
    }

    private func drop(into daemon: DaemonProcess) throws {
        try FileManager.default.copyItem(atPath: phantom, toPath: daemon.folder.file("in/phantom_013_0000.nii.gz"))
    }

    private func expectPublished(_ daemon: DaemonProcess) throws {
        #expect(contents(daemon.folder.file("out")) == ["phantom_013"])
        let published = daemon.folder.file("out/phantom_013")
        #expect(contents(published) == ["phantom_013.json", "phantom_013.nii.gz", "phantom_013_overlay.png"])
        let mask = try readLabels(path: published + "/phantom_013.nii.gz")
        #expect(mask.labels.geometry == (try readImage(paths: [phantom])).image.geometry)
        #expect(contents(daemon.folder.file("in")).isEmpty)
        #expect(contents(daemon.folder.file("state/processed/phantom/phantom_013")) == ["phantom_013_0000.nii.gz"])
        #expect(contents(daemon.folder.file("state/quarantine")).isEmpty)
    }

    @Test func `publishes a case once although it is killed in every state`() throws {
        let daemon = try DaemonProcess()
        try drop(into: daemon)
        for state in ["admitted", "claimed", "released", "converted", "predicted", "exported", "verified", "published"] {
            try daemon.start()
            #expect(daemon.wait { daemon.states.contains(state) || !daemon.isRunning }, "\(state): \(daemon.log)")
            #expect(daemon.isRunning, "\(daemon.log)")
            daemon.kill()
        }
        let starts = daemon.startCount
        try daemon.start()
        let isOver = { daemon.states.last == "done" && contents(daemon.folder.file("state/work")).isEmpty && daemon.startCount > starts }
        #expect(daemon.wait(until: isOver), "\(daemon.log)")
        try expectPublished(daemon)
        daemon.signal(SIGTERM)
        #expect(daemon.wait() == 0)
    }

    @Test(arguments: ["NibabelIO", "NibabelIOWithReorient"])
    func `publishes cases whose transforms disagree, with a model that names a nibabel reader`(reader: String) throws {
        let daemon = try DaemonProcess()
        try daemon.configure(model: try ModelCopy.make(at: daemon.folder.file("model"), reader: reader))
        let headers: [(name: String, qform: Int16, rows: [Float])] = [
            ("s2q1", 1, PhantomSlices.turned), ("s2q0", 0, PhantomSlices.unitScale),
        ]
        for header in headers {
            let path = daemon.folder.file(header.name + ".nii")
            try PhantomSlices.write(2, to: path)
            try PhantomSlices.setTransforms(path, qform: header.qform, sform: 2, rows: header.rows)
            try FileManager.default.moveItem(atPath: path, toPath: daemon.folder.file("in/\(header.name).nii"))
        }
        try daemon.start()
        #expect(daemon.wait { contents(daemon.folder.file("out")) == ["s2q0", "s2q1"] }, "\(daemon.log)")
        #expect(contents(daemon.folder.file("out/s2q1")) == ["s2q1.json", "s2q1.nii.gz", "s2q1_overlay.png"])
        #expect(daemon.log.contains(": channel 0: its sform and its qform place it up to "), "\(daemon.log)")
    }

    @Test func `parks the running case at SIGTERM and goes on with it`() throws {
        let daemon = try DaemonProcess()
        try drop(into: daemon)
        try daemon.start()
        #expect(daemon.wait { daemon.states.last == "converted" }, "\(daemon.log)")
        daemon.signal(SIGTERM)
        #expect(daemon.wait() == 0)
        #expect(!contents(daemon.folder.file("out")).contains("phantom_013") || daemon.states.contains("published"))
        try daemon.start()
        #expect(daemon.wait { daemon.states.last == "done" }, "\(daemon.log)")
        try expectPublished(daemon)
    }

    @Test func `quarantines an MR series that was dropped on a CT model, and says how to allow it`() throws {
        let daemon = try DaemonProcess()
        var synthesiser = DICOMSynthesiser()
        synthesiser.writer.modality = .magneticResonance
        _ = try synthesiser.writer.write(synthesiser.volume, toFolder: daemon.folder.file("exam"))
        try FileManager.default.moveItem(atPath: daemon.folder.file("exam"), toPath: daemon.folder.file("in/exam"))
        try daemon.start()
        #expect(daemon.wait { daemon.states.last == "quarantined" }, "\(daemon.log)")
        let record = try String(contentsOfFile: daemon.folder.file("state/quarantine/exam/error.json"), encoding: .utf8)
        #expect(record.contains("the series is MR, and the model takes CT"))
        #expect(record.contains("modalities = [\\\"CT\\\", \\\"MR\\\"]"))
        #expect(contents(daemon.folder.file("out")).isEmpty)
    }

    @Test func `lets other routes go on while one outbox can't be asked, and still ends within two seconds`() throws {
        let daemon = try DaemonProcess()
        try daemon.addRoute("other")
        try daemon.start()
        #expect(daemon.wait { daemon.log.contains("Started") }, "\(daemon.log)")
        try FileManager.default.removeItem(atPath: daemon.folder.file("out"))
        try FileManager.default.createSymbolicLink(atPath: daemon.folder.file("out"), withDestinationPath: "out")  // ELOOP
        try drop(into: daemon)
        #expect(daemon.wait { daemon.log.contains("it can't be told whether their names are free") }, "\(daemon.log)")
        try FileManager.default.copyItem(atPath: phantom, toPath: daemon.folder.file("in-other/phantom_013_0000.nii.gz"))
        #expect(daemon.wait { contents(daemon.folder.file("out-other")) == ["phantom_013"] }, "\(daemon.log)")
        try FileManager.default.removeItem(atPath: daemon.folder.file("out"))
        try FileManager.default.createDirectory(atPath: daemon.folder.file("out"), withIntermediateDirectories: true)
        #expect(daemon.wait { contents(daemon.folder.file("out")) == ["phantom_013"] }, "\(daemon.log)")
        let start = ContinuousClock.now
        daemon.signal(SIGTERM)
        #expect(daemon.wait() == 0)
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func `keeps packed weights for its next start`() throws {
        let daemon = try DaemonProcess()
        for start in 1...2 {
            try drop(into: daemon)
            try daemon.start()
            #expect(daemon.wait { daemon.states.filter { $0 == "done" }.count == start }, "\(daemon.log)")
            daemon.signal(SIGTERM)
            #expect(daemon.wait() == 0)
            #expect(contents(daemon.folder.file("cache")).count == 1)
        }
        #expect(!daemon.log.contains("prepared weights"))
    }

    @Test func `publishes without a cache and warns once where it can't be written`() throws {
        let daemon = try DaemonProcess()
        // Made with the first model; nothing can be below a file.
        try daemon.configure(cache: "file/cache")
        try Data().write(to: URL(filePath: daemon.folder.file("file")))
        try drop(into: daemon)
        try daemon.start()
        #expect(daemon.wait { daemon.states.last == "done" }, "\(daemon.log)")
        try expectPublished(daemon)
        #expect(daemon.log.components(separatedBy: "can't be kept, so each start packs them").count == 2, "\(daemon.log)")
        #expect(daemon.log.contains("warning: the prepared weights of "), "\(daemon.log)")
    }

    @Test func `puts a new configuration into force at SIGHUP, and refuses a wrong one`() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        #expect(daemon.wait { daemon.log.contains("Started") })
        try Data("version = 3".utf8).write(to: URL(filePath: daemon.configuration))
        daemon.signal(SIGHUP)
        #expect(daemon.wait { daemon.log.contains("the old one stays in force") }, "\(daemon.log)")
        try daemon.configure(route: "renamed")
        daemon.signal(SIGHUP)
        #expect(daemon.wait { daemon.log.contains("The new configuration is in force") }, "\(daemon.log)")
        try drop(into: daemon)
        #expect(daemon.wait { daemon.states.last == "done" }, "\(daemon.log)")
        #expect(contents(daemon.folder.file("state/processed")) == ["renamed"])
    }

    @Test func `does a case again when slices of its series come later, and each report names the other`() throws {
        let daemon = try DaemonProcess()
        let slices = try DICOMSynthesiser(size: SIMD3(24, 20, 24)).objects()
        let send = { (range: Range<Int>) in
            let folder = daemon.folder.file("in/exam")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for index in range { try Data(slices[index].encodedFile()).write(to: URL(filePath: "\(folder)/\(index).dcm")) }
        }
        try daemon.start()
        for (part, range) in [0..<14, 14..<24].enumerated() {
            try send(range)
            #expect(daemon.wait { daemon.states.filter { $0 == "done" }.count == part + 1 }, "\(daemon.log)")
        }
        #expect(contents(daemon.folder.file("out")) == ["exam", "exam_2"])
        let report = { (name: String) in try String(contentsOfFile: daemon.folder.file("out/\(name)/\(name).json"), encoding: .utf8) }
        #expect(try report("exam").contains("\"superseded_by\" : \"exam_2\""))
        #expect(try report("exam").contains("completeness was assumed"))
        #expect(try report("exam_2").contains("\"supersedes\" : \"exam\""))
        #expect(try readLabels(path: daemon.folder.file("out/exam_2/exam_2.nii.gz")).labels.geometry.size.z == 24)
    }

    @Test(arguments: ["renamed", "removed", "link"])
    func `goes on with an inbox that another folder takes the place of`(way: String) throws {
        let daemon = try DaemonProcess()
        let (inbox, other) = (daemon.folder.file("in"), daemon.folder.file("other"))
        if way == "link" {
            try FileManager.default.moveItem(atPath: inbox, toPath: daemon.folder.file("first"))
            try FileManager.default.createSymbolicLink(atPath: inbox, withDestinationPath: daemon.folder.file("first"))
        }
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        try daemon.start()
        #expect(daemon.wait { FileManager.default.fileExists(atPath: inbox + "/" + FolderRegister.markName) }, "\(daemon.log)")
        if way == "renamed" {
            try FileManager.default.moveItem(atPath: inbox, toPath: daemon.folder.file("first"))
        } else {
            try FileManager.default.removeItem(atPath: inbox)
        }
        if way == "link" {
            try FileManager.default.createSymbolicLink(atPath: inbox, withDestinationPath: other)
        } else {
            try FileManager.default.moveItem(atPath: other, toPath: inbox)
        }
        try drop(into: daemon)
        #expect(daemon.wait { daemon.states.last == "done" } || daemon.wait { daemon.states.last == "done" }, "\(daemon.log)")
    }

    @Test func `ends within two seconds while a look at an inbox hangs on thousands of files`() throws {
        let daemon = try DaemonProcess()
        for number in 0..<20_000 {
            _ = FileManager.default.createFile(atPath: daemon.folder.file("in/\(number).dcm"), contents: Data([0]))
        }
        try daemon.start()
        #expect(daemon.wait { daemon.log.contains("Started") }, "\(daemon.log)")
        let start = ContinuousClock.now
        daemon.signal(SIGTERM)
        #expect(daemon.wait() == 0)
        #expect(ContinuousClock.now - start < .seconds(4))  // on a loaded machine; two where it is its own
    }

    @Test func `refuses a second one on the same state directory`() throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        #expect(daemon.wait { daemon.log.contains("Started") })
        let second = Process()
        second.executableURL = URL(filePath: try #require(daemon.path))
        second.arguments = ["--config", daemon.configuration]
        let pipe = Pipe()
        second.standardError = pipe
        try second.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        second.waitUntilExit()
        #expect(second.terminationStatus == 1)
        #expect(text.contains("another nnunetd works in this state directory"))
    }

    @Test func `ends with status 78 and every problem when the configuration is wrong`() throws {
        let daemon = try DaemonProcess()
        try Data("version = 1\nstate_directory = \"/nowhere\"\nrouts = 1".utf8).write(to: URL(filePath: daemon.configuration))
        try daemon.start()
        #expect(daemon.wait() == 78)
        #expect(daemon.log.contains("line 3, routs: is not a known key; did you mean routes?"))
        #expect(daemon.log.contains("routes: is missing"))
    }

    @Test func `says with --check what it would do`() throws {
        let daemon = try DaemonProcess()
        try daemon.start(["--check"])
        #expect(daemon.wait() == 0)
        #expect(daemon.log.contains("Route phantom:"))
        #expect(daemon.log.contains("folds 0; labels background, liver, kidney, spine"))
        #expect(daemon.log.contains("DICOM series (CT, as its channel is called \"CT\")"))
        #expect(contents(daemon.folder.file("state")).isEmpty)
    }
}
