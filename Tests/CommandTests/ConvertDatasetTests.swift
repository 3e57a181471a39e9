import Compression
import Foundation
import TestSupport
import Testing

/// `convert_MSD_dataset` and `convert_old_nnUNet_dataset`, as nnU-Net does them.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct `Converting data sets` {
    private let work: TemporaryFolder
    private var raw: String { work.file("raw") }

    init() throws { work = try TemporaryFolder() }

    private func prepare(_ name: String) throws -> UpstreamRun {
        let run = try UpstreamRun.named(name)
        try run.prepare(in: work.path)
        return run
    }

    private func files(_ folder: String) throws -> [String] {
        var isFolder: ObjCBool = false
        return try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
            FileManager.default.fileExists(atPath: folder + "/" + $0, isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    /// What a file holds, unpacked.
    private func content(_ path: String) throws -> [UInt8] {
        let reader = try GzipReader(path: path)
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        let count = try reader.read(into: &raw)
        return Array(bytes[..<count])
    }

    @Test(arguments: ["msd", "old"]) func `gives upstream's files and no other, headers, voxels and texts byte for byte`(name: String)
        throws
    {
        let run = try prepare(name)
        let outcome = try run.run(in: work.path)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(try files(work.path).filter { $0.hasPrefix("raw/") } == run.files.sorted())
        for file in run.files {
            let theirs = SharedReference.commandRun("after/\(name)/\(file)")
            #expect(try content(work.file(file)) == content(theirs), "\(file)")
        }
    }

    @Test func `a number that another data set has is refused, and one that is given taken`() throws {
        let run = try prepare("msd")
        try FileManager.default.createDirectory(atPath: work.file("preprocessed/Dataset005_Other"), withIntermediateDirectories: true)
        let refused = try run.run(in: work.path)
        #expect(refused.status == 73 && refused.errors.contains("Dataset005_Other"), "\(refused.errors)")
        #expect(try run.run(in: work.path, adding: ["-overwrite_id", "7"]).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: raw) == ["Dataset007_Prostate"])
        #expect(try run.run(in: work.path, adding: ["-overwrite_id", "7"]).status == 73)
    }

    @Test func `one cut-off file is named, and leaves no data set`() throws {
        let run = try prepare("msd")
        for name in ["imagesTr/prostate_01.nii.gz", "labelsTr/prostate_02.nii.gz"] {
            let path = URL(filePath: work.file("Task05_Prostate/" + name)), data = try Data(contentsOf: path)
            try data.prefix(data.count / 2).write(to: path)
        }
        let outcome = try run.run(in: work.path)
        #expect(outcome.status == 65)
        for word in ["prostate_01.nii.gz: ", "prostate_02.nii.gz: ", "2 of 7 cases failed"] {
            #expect(outcome.errors.contains(word), "\(outcome.errors)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: raw).isEmpty)
    }

    @Test(arguments: [
        ("imagesTs", 66, "imagesTs"), ("labelsTr", 66, "labelsTr"), ("dataset.json", 66, "dataset.json"),
        ("labelsTr/prostate_01.nii.gz", 0, "warning: imagesTr/prostate_01.nii.gz: there are no labels of this name"),
    ]) func `what is missing is named`(missing: String, status: Int32, words: String) throws {
        let run = try prepare("msd")
        try FileManager.default.removeItem(atPath: work.file("Task05_Prostate/" + missing))
        let outcome = try run.run(in: work.path)
        #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome.errors)")
        #expect(FileManager.default.fileExists(atPath: raw) == (status == 0))
    }

    @Test func `a folder of another name is refused`() throws {
        let run = try prepare("msd")
        try FileManager.default.moveItem(atPath: work.file("Task05_Prostate"), toPath: work.file("Prostate"))
        let outcome = try Command.run(
            ["convert_MSD_dataset", "-i", work.file("Prostate")], environment: ["nnUNet_raw": raw])
        #expect(outcome.status == 64 && outcome.errors.contains("TaskXX_Name"), "\(outcome.errors)")
        _ = run
    }

    @Test func `labels that are none of version 1's leave no data set`() throws {
        let run = try prepare("old")
        let path = work.file("Task021_Nodes/dataset.json")
        let text = try String(contentsOfFile: path, encoding: .utf8).replacing("\"1\": \"node\"", with: "\"node\": 1")
        try Data(text.utf8).write(to: URL(filePath: path))
        let outcome = try run.run(in: work.path)
        #expect(outcome.status == 78 && outcome.errors.contains("labels.node"), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: raw))
    }

    @Test func `an old data set keeps its links' content, and neither follows them in circles nor takes a number twice`() throws {
        let run = try prepare("old")
        let images = work.file("Task021_Nodes/imagesTr")
        try FileManager.default.moveItem(atPath: images + "/nodes_0_0000.nii.gz", toPath: work.file("elsewhere.nii.gz"))
        try FileManager.default.createSymbolicLink(
            atPath: images + "/nodes_0_0000.nii.gz", withDestinationPath: work.file("elsewhere.nii.gz"))
        #expect(try run.run(in: work.path).status == 0)
        let copy = raw + "/Dataset071_Nodes/imagesTr/nodes_0_0000.nii.gz"
        #expect(try content(copy) == content(work.file("elsewhere.nii.gz")))
        #expect(try FileManager.default.attributesOfItem(atPath: copy)[.type] as? FileAttributeType == .typeRegular)
        #expect(try run.run(in: work.path).status == 73)
        let roots = ["nnUNet_raw": raw]
        let taken = try Command.run(
            ["convert_old_nnUNet_dataset", work.file("Task021_Nodes"), "Dataset071_Other"], environment: roots)
        #expect(taken.status == 73 && taken.errors.contains("Dataset071_Nodes"), "\(taken.errors)")
        try FileManager.default.createSymbolicLink(atPath: images + "/loop", withDestinationPath: images)
        let loop = try Command.run(["convert_old_nnUNet_dataset", work.file("Task021_Nodes"), "Dataset072_Loop"], environment: roots)
        #expect(loop.status == 65 && loop.errors.contains("leads back"), "\(loop.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: raw) == ["Dataset071_Nodes"])
    }
}
