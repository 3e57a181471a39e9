import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// The other commands from the outside.
struct `The other commands` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `selftest passes with the bundled model`() throws {
        let outcome = try Command.run(["selftest", "--fixtures", PhantomBundle.path("")])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.hasSuffix("self test passed\n"))
    }

    @Test func `selftest fails where the result is not what it should be`() throws {
        let copy = folder.file("phantom")
        try FileManager.default.copyItem(atPath: PhantomBundle.path(""), toPath: copy)
        let (first, second) = (copy + "/labels/phantom_013.nii.gz", copy + "/labels/phantom_014.nii.gz")
        try FileManager.default.removeItem(atPath: copy + "/cases/phantom_014_0000.nii.gz")
        // The truth shifted by some slices is the wrong truth.
        let truth = try readLabels(path: first)
        let size = truth.labels.geometry.size
        var shifted = LabelMap(geometry: truth.labels.geometry, repeating: 0)
        for z in 6..<size.z { for y in 0..<size.y { for x in 0..<size.x { shifted[x, y, z] = truth.labels[x, y, z - 6] } } }
        try FileManager.default.removeItem(atPath: second)
        try writeLabels(shifted, to: first, source: truth.source)
        let outcome = try Command.run(["selftest", "--fixtures", copy])
        #expect(outcome.status == 70)
        #expect(outcome.errors.contains("phantom_013: Dice of"))
    }

    @Test func `phantom writes the same case as NIfTI and as DICOM`() throws {
        let output = folder.file("made")
        #expect(try Command.run(["phantom", "-o", output, "--seed", "11"]).status == 0)
        #expect(try Command.run(["phantom", "-o", output, "--seed", "11", "--dicom"]).status == 0)
        let converted = folder.file("converted")
        let outcome = try Command.run(["convert", "-i", output + "/dicom", "-o", converted])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let ours = try readImage(paths: [converted + "/phantom_011_0000.nii.gz"])
        let direct = try readImage(paths: [output + "/imagesTs/phantom_011_0000.nii.gz"])
        #expect(ours.source == direct.source)
        var differing = 0
        for index in 0..<direct.image.voxels.count where ours.image.voxels[index] != direct.image.voxels[index] { differing += 1 }
        #expect(differing == 0)
        #expect(try readLabels(path: output + "/labelsTs/phantom_011.nii.gz").labels.geometry == direct.image.geometry)
    }

    @Test func `inspect says what each value of a region model's mask means`() throws {
        let model = try ModelCopy.make(at: folder.file("model"), dataset: ModelCopy.regions)
        let outcome = try Command.run(["inspect", model])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("regions:\n  all: 1, 2, 3, 4\n  organs: 2, 3, 4\n"))
        #expect(outcome.output.contains("mask values:\n  1: all only\n  2: all + organs\n"))
    }

    @Test func `convert gives every NIfTI file its channel number`() throws {
        let input = folder.file("in")
        try FileManager.default.createDirectory(atPath: input, withIntermediateDirectories: true)
        let volume = Volume<Int16>(geometry: ImageGeometry(size: SIMD3(4, 4, 4)), repeating: 1)
        for name in ["a.nii", "b_0000.nii.gz", "b_0001.nii.gz"] { try writeVolume(volume, to: input + "/" + name) }
        let output = folder.file("out")
        #expect(try Command.run(["convert", "-i", input, "-o", output]).status == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: output)
        #expect(Set(names) == ["a_0000.nii.gz", "b_0000.nii.gz", "b_0001.nii.gz"])
    }

    @Test func `inspect describes models, checkpoints and images, in words and as JSON`() throws {
        let model = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d")
        let words = try Command.run(["inspect", model]).output
        #expect(words.contains("kind: nnU-Net model folder"))
        #expect(words.contains("  2: kidney"))
        let paths = [model, model + "/fold_0/checkpoint_final.pth", PhantomBundle.path("cases/phantom_013_0000.nii.gz")]
        let outcome = try Command.run(["inspect", "--json"] + paths)
        let list = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
        #expect(list.map { $0["kind"] as? String } == ["nnU-Net model folder", "nnU-Net checkpoint", "NIfTI-1 file"])
        #expect(list[0]["configuration"] as? String == "2d")
        #expect((list[1]["sha256"] as? String)?.count == 64)
        #expect(list[2]["dimensions"] as? [Int] == [180, 140, 42])
    }

    @Test func `inspect names what is refused`() throws {
        #expect(try Command.run(["inspect", folder.file("none")]).status == 66)
        let text = folder.file("text.pth")
        try Data("no checkpoint".utf8).write(to: URL(filePath: text))
        let outcome = try Command.run(["inspect", text])
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains(text))
    }
}

/// Ensembles and postprocessing on upstream's own files.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct `Commands on upstream's files` {
    private static let expected = "expected/hippocampus/"
    private static let recipe =
        "expected/best_configuration/ensemble___nnUNetTrainer__nnUNetPlansSmall__2d___"
        + "nnUNetTrainer__nnUNetPlansSmall__3d_fullres___0_1_2"
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func expectEqual(_ output: String, _ run: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: SharedReference.path(Self.expected + run))
            .filter { $0.hasSuffix(".nii.gz") }
        #expect(!names.isEmpty)
        for name in names {
            let ours = try readLabels(path: output + "/" + name)
            let theirs = try readLabels(path: SharedReference.path(Self.expected + run + "/" + name))
            #expect(ours.source == theirs.source)
            var differing = 0
            for index in 0..<theirs.labels.voxels.count where ours.labels.voxels[index] != theirs.labels.voxels[index] { differing += 1 }
            #expect(differing == 0, "\(name)")
        }
    }

    @Test func `ensemble equals upstream's ensemble of the same probabilities`() throws {
        let output = folder.file("ensemble")
        let inputs = ["2d_folds012", "3d_fullres_folds012"].map { SharedReference.path(Self.expected + $0) }
        let outcome = try Command.run(["-i"] + inputs + ["-o", output, "-np", "4"], as: "nnUNetv2_ensemble")
        #expect(outcome.status == 0, "\(outcome.errors)")
        try expectEqual(output, "ensemble_3d_2d")
        let names = try FileManager.default.contentsOfDirectory(atPath: output)
        #expect(names.contains("dataset.json"))
        #expect(!names.contains("plans.json"))
        #expect(!names.contains { $0.hasSuffix(".npz") })
    }

    @Test func `ensemble names the cases that a folder lacks`() throws {
        let copy = folder.file("copy")
        let original = SharedReference.path(Self.expected + "2d_folds012")
        try FileManager.default.copyItem(atPath: original, toPath: copy)
        try FileManager.default.removeItem(atPath: copy + "/hippocampus_104.npz")
        let outcome = try Command.run(["ensemble", "-i", original, copy, "-o", folder.file("out")])
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("hippocampus_104"))
    }

    @Test(arguments: ["pkl", "json"])
    func `postprocessing equals upstream's`(form: String) throws {
        let output = folder.file("clean")
        let outcome = try Command.run(
            [
                "-i", SharedReference.path(Self.expected + "ensemble_3d_2d"), "-o", output, "-pp_pkl_file",
                SharedReference.path(Self.recipe + "/postprocessing." + form), "-plans_json",
                SharedReference.path(Self.recipe + "/plans.json"),
            ], as: "nnUNetv2_apply_postprocessing")
        #expect(outcome.status == 0, "\(outcome.errors)")
        try expectEqual(output, "ensemble_3d_2d_postprocessed")
    }

    @Test func `plot_overlay_pngs draws every case of a raw dataset`() throws {
        let dataset = folder.file("raw/Dataset004_Hippocampus")
        try FileManager.default.createDirectory(atPath: dataset, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: SharedReference.path("cases/hippocampus"), toPath: dataset + "/imagesTr")
        try FileManager.default.copyItem(atPath: SharedReference.path(Self.expected + "resenc_fold0"), toPath: dataset + "/labelsTr")
        try FileManager.default.copyItem(atPath: dataset + "/labelsTr/dataset.json", toPath: dataset + "/dataset.json")
        let output = folder.file("overlays")
        let outcome = try Command.run(
            ["-d", "4", "-o", output, "--use_raw"], as: "nnUNetv2_plot_overlay_pngs", environment: ["nnUNet_raw": folder.file("raw")])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: output)
        #expect(Set(names) == Set(["098", "101", "104", "105", "109"].map { "hippocampus_\($0).png" }))
    }
}
