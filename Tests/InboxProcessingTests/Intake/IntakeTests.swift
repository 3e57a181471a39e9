import CasePrediction
import Files
import Foundation
import InboxProcessing
import SystemPackage
import TestSupport
import Testing

struct `Scanning an inbox` {
    @Test func `finds files in folders and leaves hidden ones, links and pipes alone`() throws {
        let site = try Site()
        try site.drop("a.nii.gz")
        try site.drop("case/deep/1.dcm")
        try site.drop(".hidden")
        try site.drop(".hidden-folder/x")
        try site.drop("b.nii.gz.partial")
        symlink("/etc/passwd", site.inbox + "/link")
        symlink("/etc", site.inbox + "/folder-link")
        mkfifo(site.inbox + "/pipe", 0o600)
        let snapshot = try InboxScanner(inbox: FilePath(site.inbox)).scan()
        #expect(snapshot.files.map(\.path.shown) == ["a.nii.gz", "b.nii.gz.partial", "case/deep/1.dcm"])
        #expect(snapshot.files.filter(\.isPartial).map(\.path.shown) == ["b.nii.gz.partial"])
        #expect(Set(snapshot.ignored.map(\.path.shown)) == ["link", "folder-link", "pipe"])
    }

    @Test func `throws only when the inbox itself is away`() {
        #expect(throws: Problem.self) { try InboxScanner(inbox: FilePath("/nowhere/in")).scan() }
    }

    @Test func `takes thousands of files`() throws {
        let site = try Site()
        try FileManager.default.createDirectory(atPath: site.inbox + "/case", withIntermediateDirectories: true)
        for number in 0..<5000 { _ = FileManager.default.createFile(atPath: "\(site.inbox)/case/\(number)", contents: nil) }
        let start = ContinuousClock.now
        #expect(try InboxScanner(inbox: FilePath(site.inbox)).scan().files.count == 5000)
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}

struct `Grouping files into drops` {
    @Test func `keeps a folder together, channels of a case, and slices of a series`() throws {
        let site = try Site()
        for name in ["f/1", "f/g/2.nii.gz", "a_0000.nii.gz", "a_0001.nii.gz", "b.nii", "notes.txt"] { try site.drop(name) }
        try site.drop("s1", "DICOM 1.2 2")
        try site.drop("s2", "DICOM 1.2 2")
        let recognizer = FakeRecognizer()
        let drops = Drop.group(try InboxScanner(inbox: FilePath(site.inbox)).scan()) {
            recognizer.seriesUID(ofFileAt: site.inbox + "/" + $0.path.shown)
        }
        let found = Dictionary(uniqueKeysWithValues: drops.map { ($0.identity, $0.files.map(\.path.shown)) })
        #expect(
            found == [
                .folder(FilePath("f")): ["f/1", "f/g/2.nii.gz"], .nifti(FilePath("a")): ["a_0000.nii.gz", "a_0001.nii.gz"],
                .nifti(FilePath("b")): ["b.nii"],
                .file(FilePath("notes.txt")): ["notes.txt"], .series("1.2"): ["s1", "s2"],
            ])
    }

    @Test func `passes over loose files that are being sent`() throws {
        let site = try Site()
        try site.drop("a.nii.gz.part")
        try site.drop("a.nii.gz~")
        #expect(Drop.group(try InboxScanner(inbox: FilePath(site.inbox)).scan()) { _ in nil }.isEmpty)
    }
}

struct `Settling` {
    private func drop(_ size: Int) -> Drop {
        let json = #"{"kind":"file","size":\#(size),"modified":1,"device":1,"inode":1,"links":1}"#
        let facts = try? JSONDecoder().decode(FileFacts.self, from: Data(json.utf8))
        return Drop(identity: .nifti(FilePath("a")), files: facts.map { [.init(path: FilePath("a.nii.gz"), facts: $0)] } ?? [])
    }

    @Test func `counts from the last change`() {
        var book = SettleBook(settle: .seconds(10))
        let start = ContinuousClock.now
        book.observe([drop(1)], at: start)
        #expect(!book.isSettled(drop(1), at: start + .seconds(9)))
        #expect(book.isSettled(drop(1), at: start + .seconds(10)))
        book.observe([drop(2)], at: start + .seconds(10))
        #expect(!book.isSettled(drop(2), at: start + .seconds(19)))
        book.observe([drop(2)], at: start + .seconds(19))
        #expect(book.isSettled(drop(2), at: start + .seconds(20)))
    }

    @Test func `forgets what went away`() {
        var book = SettleBook(settle: .seconds(10))
        let start = ContinuousClock.now
        book.observe([drop(1)], at: start)
        book.observe([], at: start + .seconds(5))
        book.observe([drop(1)], at: start + .seconds(6))
        #expect(!book.isSettled(drop(1), at: start + .seconds(12)))
    }
}

struct `Finding the cases of a drop` {
    private func plans(_ files: [String: String], channels: Int = 1) throws -> [CasePlan] {
        let site = try Site()
        for (name, content) in files { try site.drop(name, content) }
        let recognizer = FakeRecognizer()
        let drops = Drop.group(try InboxScanner(inbox: FilePath(site.inbox)).scan()) {
            recognizer.seriesUID(ofFileAt: site.inbox + "/" + $0.path.shown)
        }
        let modalities = DICOMModalities(given: nil, channelName: "CT")
        let assessor = DropAssessor(inbox: site.inbox, channelCount: channels, modalities: modalities, recognizer: recognizer)
        return drops.flatMap { assessor.plans(for: $0) }
    }

    @Test func `a NIfTI file is a case of its name`() throws {
        #expect(try plans(["liver 7.nii.gz": ""]) == [CasePlan(name: "liver_7", kind: .nifti, files: ["liver 7.nii.gz"])])
    }

    @Test func `files of the same name are cases called after their folders`() throws {
        let found = try plans(["s0011/ct.nii.gz": "", "s0012/ct.nii.gz": "", "study/s0013/ct.nii.gz": "", "study/s0014/ct.nii.gz": ""])
        #expect(found.map(\.name).sorted() == ["s0011", "s0012", "study_s0013", "study_s0014"])
        #expect(found.allSatisfy { $0.refusal == nil && $0.files.count == 1 })
    }

    @Test func `a folder's cases are called after it and their files`() throws {
        let found = try plans(["s 1/ct.nii.gz": "", "s 1/pet.nii.gz": "", "sub-2/sub-2_T1w.nii.gz": "", "sub-2/sub-2_T2w.nii.gz": ""])
        #expect(found.map(\.name).sorted() == ["s_1_ct", "s_1_pet", "sub-2_T1w", "sub-2_T2w"])
    }

    @Test func `a NIfTI case and a series in one folder have two names`() throws {
        #expect(try plans(["f/ct.nii.gz": "", "f/1": "DICOM 5 1"]).map(\.name) == ["f_ct", "f"])
    }

    @Test func `channels that lie in several folders make one case`() throws {
        let found = try plans(["p/t1/x_0000.nii.gz": "", "p/t2/x_0001.nii.gz": ""], channels: 2)
        #expect(found.map(\.name) == ["p"])
        #expect(found.first?.files == ["p/t1/x_0000.nii.gz", "p/t2/x_0001.nii.gz"])
        #expect(found.first?.refusal == nil)
    }

    @Test func `channels come in order`() throws {
        let plan = try #require(try plans(["a_0001.nii.gz": "", "a_0000.nii.gz": ""], channels: 2).first)
        #expect(plan.files == ["a_0000.nii.gz", "a_0001.nii.gz"])
        #expect(plan.refusal == nil)
    }

    @Test func `missing channels are named and may come`() throws {
        let plan = try #require(try plans(["a_0000.nii.gz": "", "a_0002.nii.gz": ""], channels: 4).first)
        #expect(plan.refusal?.what.contains("a_0001.nii.gz, a_0003.nii.gz") == true)
        #expect(plan.mayBecomeComplete)
    }

    @Test func `a channel too many is refused at once`() throws {
        let plan = try #require(try plans(["a_0000.nii.gz": "", "a_0001.nii.gz": ""]).first)
        #expect(plan.refusal?.what.contains("a_0001.nii.gz") == true)
        #expect(!plan.mayBecomeComplete)
    }

    @Test func `a channel that is there twice is refused`() throws {
        let plan = try #require(try plans(["a.nii.gz": "", "a_0000.nii.gz": ""]).first)
        #expect(plan.refusal?.what.contains("2 times") == true)
    }

    @Test func `a folder's series are cases of their own, other files stay with the first`() throws {
        let found = try plans(["f/1": "DICOM 5 1", "f/x/2": "DICOM 6 2", "f/x/3": "DICOM 6 2", "f/DICOMDIR": "index"])
        #expect(found.map(\.name) == ["f_5", "f_6"])
        #expect(found[0].companions == ["f/DICOMDIR"])
        #expect(found[0].warnings.count == 1)
        #expect(found[1].files == ["f/x/2", "f/x/3"])
    }

    @Test func `an incomplete series may become complete`() throws {
        let plan = try #require(try plans(["f/1": "DICOM 5 2"]).first)
        #expect(plan.refusal?.what == "1 of 2 slices")
        #expect(plan.mayBecomeComplete)
    }

    @Test func `a series of another modality is refused at once, whole or not, and told how to allow it`() throws {
        for content in ["DICOM 5 1 MR", "DICOM 5 2 MR"] {
            let plan = try #require(try plans(["f/1": content]).first)
            #expect(plan.refusal?.what == "the series is MR, and the model takes CT: its channel is called \"CT\"")
            #expect(plan.refusal?.advice.contains("modalities = [\"CT\", \"MR\"]") == true)
            #expect(!plan.mayBecomeComplete)
        }
    }

    @Test func `a series is refused where models take several channels`() throws {
        let plan = try #require(try plans(["f/1": "DICOM 5 1"], channels: 4).first)
        #expect(plan.refusal?.what.contains("4") == true)
        #expect(!plan.mayBecomeComplete)
    }

    @Test func `what is no image makes a case that is refused`() throws {
        let found = try plans(["notes.txt": "hello"])
        #expect(found.map(\.kind) == [.unrecognized])
        #expect(found[0].name == "notes")
        #expect(found[0].refusal?.what.contains("notes.txt") == true)
    }
}
