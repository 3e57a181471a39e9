import Compression
import Foundation
import NIfTI
import TestSupport
import Testing

/// What `inspect` says about what can be used, and what can't.
struct `The inspect command` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func json(_ outcome: Command.Outcome) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    }

    @Test func `says that a model runs here, and what memory it takes`() throws {
        let outcome = try Command.run(["inspect", "--json", PhantomModel.slices])
        #expect(outcome.status == 0)
        let facts = try #require(try json(outcome) as? [String: Any])
        #expect(facts["runs_here"] as? Bool == true)
        #expect(facts["why_not"] == nil)
        let memory = try #require(facts["memory"] as? [String: Int])
        #expect(try #require(memory["network_bytes"]) > 1_000_000)
        #expect(try #require(memory["weights_bytes"]) > 100_000)
        // One channel and four logits of 4 bytes each for 43 slices of 140 x 180 voxels.
        let voxels = 43 * 140 * 180
        #expect(memory["median_case_bytes"] == voxels * 20)
        #expect(try #require(memory["machine_bytes"]) > 100_000_000)
        #expect(try Command.run(["inspect", PhantomModel.slices]).output.contains("\nruns here: yes\n"))
    }

    static let changes: [([String: String], String)] = [
        (["\"SimpleITKIO\"": "\"TiffIO\""], "image_reader_writer TiffIO is not supported"),
        (["\"CTNormalization\"": "\"OurNormalization\""], "OurNormalization"),
        (["architectures.unet.PlainConvUNet": "architectures.other.SwinUNETR"], "SwinUNETR"),
        (["\".nii.gz\"": "\".tif\""], "file_ending .tif is not supported"),
    ]

    @Test(arguments: changes) func `says why a model does not run here, and what it is`(changes: [String: String], reason: String) throws {
        let model = folder.file("model")
        try PhantomModel.copy(to: model, replacing: changes)
        let outcome = try Command.run(["inspect", model, "--json"])
        #expect(outcome.status == 78)
        let facts = try #require(try json(outcome) as? [String: Any])
        #expect(facts["kind"] as? String == "nnU-Net model folder")
        #expect(facts["runs_here"] as? Bool == false)
        #expect(try #require(facts["why_not"] as? [String]).contains { $0.contains(reason) }, "\(facts)")
        #expect(facts["channels"] as? [String] == ["CT"])
        #expect(outcome.errors.contains(reason))
        #expect(try Command.run(["inspect", model]).output.contains("runs here: no"))
    }

    @Test func `says which fold keeps a model from running`() throws {
        let model = folder.file("model")
        try PhantomModel.copy(to: model, replacing: [:])
        let checkpoint = model + "/fold_0/checkpoint_final.pth"
        var bytes = try Data(contentsOf: URL(filePath: checkpoint))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: checkpoint))
        let outcome = try Command.run(["inspect", model, "--json"])
        #expect(outcome.status == 78)
        let folds = try #require((try json(outcome) as? [String: Any])?["folds"] as? [[String: Any]])
        #expect((folds[0]["problem"] as? String)?.contains(checkpoint) == true)
    }

    @Test func `calls a zipped model a zip archive, and says what to do with it`() throws {
        let archive = folder.file("model.zip")
        let writer = try ZipWriter(path: archive)
        let name = "Dataset999_Phantom/nnUNetTrainer__nnUNetPlansSmall__2d/"
        for file in ["plans.json", "dataset.json", "fold_0/checkpoint_final.pth"] {
            try writer.addFile(named: name + file, contentOf: PhantomModel.slices + "/" + file)
        }
        try writer.finish()
        let words = try Command.run(["inspect", archive])
        #expect(words.status == 0)
        #expect(words.output.contains("kind: nnU-Net model as a zip archive"))
        let next = "next step: predict with it as it is (-m \(archive)), or install it: nnunet install_pretrained_model"
        #expect(words.output.contains(next))
        let models = (try json(Command.run(["inspect", "--json", archive])) as? [String: Any])?["models"] as? [[String: Any]]
        #expect(models?.first?["configuration"] as? String == "2d")
        #expect(models?.first?["checkpoints"] as? [String] == ["fold_0/checkpoint_final.pth"])
    }

    @Test func `prints JSON by the standard where a header holds no numbers`() throws {
        let path = folder.file("ä \"1\"\u{1F600}.nii")
        try writeVolume(phantomSlices(1), to: path)
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        for (offset, value) in [(112, Float.nan), (116, .infinity), (92, -.infinity)] {
            try handle.seek(toOffset: UInt64(offset))
            try handle.write(contentsOf: withUnsafeBytes(of: value.bitPattern.littleEndian) { Data($0) })
        }
        try handle.close()
        let outcome = try Command.run(["inspect", "--json", path])
        #expect(!outcome.output.contains("NaN") && !outcome.output.contains("Infinity"))
        let facts = try #require(try json(outcome) as? [String: Any])
        #expect(facts["path"] as? String == path)
        #expect(facts["scl_slope"] is NSNull && facts["scl_inter"] is NSNull)
    }

    @Test func `goes on after what can't be used, and fails at the end`() throws {
        let good = PhantomBundle.path("cases/phantom_013_0000.nii.gz")
        let paths = [folder.file("none"), good, folder.file("text.nii.gz"), PhantomModel.slices]
        try Data("text".utf8).write(to: URL(filePath: paths[2]))
        let words = try Command.run(["inspect"] + paths)
        #expect(words.status == 66)
        #expect(words.output.contains("kind: NIfTI-1 file") && words.output.contains("kind: nnU-Net model folder"))
        #expect(words.errors.contains("nnunet: \(paths[0]): there is no such file or folder"))
        #expect(words.errors.contains("nnunet: \(paths[2]): is not a NIfTI file"))
        #expect(words.errors.contains("2 of 4 paths can't be used"))
        let outcome = try Command.run(["inspect", "--json"] + paths)
        #expect(outcome.status == 66)
        let list = try #require(try json(outcome) as? [[String: Any]])
        #expect(list.map { $0["path"] as? String } == paths)
        #expect(list.map { $0["problem"] != nil } == [true, false, true, false])
    }
}
