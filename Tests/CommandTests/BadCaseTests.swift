import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// One bad case is named and fails the command at its end; the others are done.
struct `A bad case among others` {
    private let folder: TemporaryFolder
    private var input: String { folder.file("in") }
    private var output: String { folder.file("out") }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: true)
    }

    private func predict(_ options: String...) throws -> Command.Outcome {
        try Command.run(
            ["predict_from_modelfolder", "-i", input, "-o", output, "-m", PhantomModel.slices, "-f", "0", "--disable_tta"] + options)
    }

    private func results(_ ending: String = ".nii.gz") throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: output).filter { $0.hasSuffix(ending) || $0.hasPrefix(".") })
    }

    private func damage(_ path: String) throws {
        let bytes = try Data(contentsOf: URL(filePath: path))
        try bytes.prefix(bytes.count / 2).write(to: URL(filePath: path))
    }

    @Test func `of wrong channel numbers does not keep the others from being predicted`() throws {
        for name in ["a_0000", "b_0001", "c_0000", "c_0001", "d", "e_0000", "_0000"] {
            try writeVolume(phantomSlices(), to: input + "/\(name).nii.gz")
        }
        let outcome = try predict()
        #expect(outcome.status == 65)
        #expect(outcome.output.contains("There are 6 cases to predict"))
        #expect(outcome.errors.contains("nnunet: b: \(input): b_0000.nii.gz is missing"))
        #expect(outcome.errors.contains("nnunet: c: \(input): c_0001.nii.gz is a channel the model does not have"))
        #expect(outcome.errors.contains("nnunet: d: \(input): d.nii.gz has no channel number such as _0000"))
        #expect(outcome.errors.contains("nnunet: _0000.nii.gz: \(input): _0000.nii.gz has no case's name before"))
        #expect(outcome.errors.contains("4 of 6 cases failed"))
        #expect(try results() == ["a.nii.gz", "e.nii.gz"])
    }

    @Test func `has its images of another ending named as passed over`() throws {
        for name in ["a_0000.nii.gz", "b_0000.nii"] { try writeVolume(phantomSlices(), to: input + "/" + name) }
        try FileManager.default.moveItem(atPath: input + "/b_0000.nii", toPath: input + "/b_0000.NII.GZ")
        try writeVolume(phantomSlices(), to: input + "/c_0000.nii")
        let outcome = try predict()
        #expect(outcome.status == 0)
        for name in ["b_0000.NII.GZ", "c_0000.nii"] {
            #expect(outcome.errors.contains("\(input)/\(name): passed over: only files ending in .nii.gz"))
        }
        #expect(try results() == ["a.nii.gz"])
    }

    @Test func `with the longest name a folder takes is predicted, with its probabilities`() throws {
        let name = String(repeating: "n", count: 255 - "_0000.nii.gz".utf8.count)
        try writeVolume(phantomSlices(), to: input + "/\(name)_0000.nii.gz")
        let outcome = try predict("--save_probabilities")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            try Set(FileManager.default.contentsOfDirectory(atPath: output)).isSuperset(of: [".nii.gz", ".npz", ".pkl"].map { name + $0 }))
    }

    @Test func `whose mask is from before its input was damaged is not taken for done, and it is said`() throws {
        for name in ["a", "b"] { try writeVolume(phantomSlices(), to: input + "/\(name)_0000.nii.gz") }
        #expect(try predict().status == 0)
        try damage(input + "/b_0000.nii.gz")
        for options in [[], ["--continue_prediction"]] {
            let outcome = try Command.run(
                ["predict_from_modelfolder", "-i", input, "-o", output, "-m", PhantomModel.slices, "-f", "0", "--disable_tta"] + options)
            #expect(outcome.status == 65)
            #expect(outcome.errors.contains("b_0000.nii.gz: is damaged"))
            #expect(outcome.errors.contains("nnunet: b: \(output)/b.nii.gz is from an earlier run and not of this input"))
            #expect(!outcome.output.contains("b: already predicted"))
        }
        #expect(try results() == ["a.nii.gz", "b.nii.gz"])
    }

    @Test func `whose result's name a folder has does not keep the others from being predicted`() throws {
        for name in ["a", "b"] { try writeVolume(phantomSlices(), to: input + "/\(name)_0000.nii.gz") }
        try FileManager.default.createDirectory(atPath: output + "/a.nii.gz", withIntermediateDirectories: true)
        let outcome = try predict()
        #expect(outcome.status == 73)
        #expect(outcome.errors.contains("nnunet: a: \(output)/a.nii.gz: a folder has this name"))
        #expect(try results() == ["a.nii.gz", "b.nii.gz"])
    }

    @Test func `does not keep the others from being converted`() throws {
        let long = String(repeating: "l", count: 251)
        for name in ["a.nii", "b.nii", "c.nii", "d_0001.nii", "\(long).nii"] { try writeVolume(phantomSlices(), to: input + "/" + name) }
        try writeVolume(phantomSlices(), to: input + "/a_0000.nii.gz")
        try damage(input + "/b.nii")
        for name in ["e.mha", "f.mhd"] { try Data([1]).write(to: URL(filePath: input + "/" + name)) }
        let outcome = try Command.run(["convert", "-i", input, "-o", output])
        #expect(outcome.status == 65)
        for text in [
            "nnunet: a: \(input): a_0000.nii.gz and a.nii are both channel 0 of a", "nnunet: b: \(input)/b.nii: is damaged",
            "nnunet: d: \(input): d_0000.nii.gz is missing",
            "nnunet: \(long): \(output)/\(long)_0000.nii.gz: the name has 263 bytes",
            "nnunet: e: \(input)/e.mha: is damaged", "f.mhd: passed over: only files ending in .nii.gz or .nii or .nrrd or .mha or .gipl",
        ] { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
        #expect(try results().contains("c_0000.nii.gz"))
        #expect(!(try results().contains("a_0000.nii.gz")))
    }

    @Test func `does not share its name with another when converted`() throws {
        #expect(try Command.run(["phantom", "-o", folder.file("made"), "--dicom"]).status == 0)
        try FileManager.default.moveItem(atPath: folder.file("made/dicom/phantom_001"), toPath: input + "/a")
        try writeVolume(phantomSlices(), to: input + "/a.nii.gz")
        let outcome = try Command.run(["convert", "-i", input, "-o", output])
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("nnunet: a: an image and a DICOM series of \(input) have this name"))
        #expect(try readImage(paths: [output + "/a_0000.nii.gz"]).image.geometry.size.z == 2)
    }

    @Test func `does not keep the others from being postprocessed`() throws {
        for name in ["a", "b", "c"] {
            var labels = LabelMap(geometry: ImageGeometry(size: SIMD3(6, 5, 4)), repeating: 0)
            for x in [0, 1, 4] { labels[x, 1, 1] = 1 }
            try writeLabels(labels, to: input + "/\(name).nii.gz", source: ImageSource(geometry: labels.geometry))
        }
        try damage(input + "/b.nii.gz")
        for name in ["plans.json", "dataset.json"] {
            try FileManager.default.copyItem(atPath: PhantomModel.slices + "/" + name, toPath: input + "/" + name)
        }
        let recipe = folder.file("postprocessing.json")
        let text = """
            {"postprocessing_fns": ["remove_all_but_largest_component_from_segmentation"], "postprocessing_kwargs": [{"labels_or_regions": 1}]}
            """
        try Data(text.utf8).write(to: URL(filePath: recipe))
        let outcome = try Command.run(["apply_postprocessing", "-i", input, "-o", output, "-pp_pkl_file", recipe])
        #expect(outcome.status == 65)
        #expect(
            outcome.errors.contains("nnunet: b.nii.gz: \(input)/b.nii.gz: is damaged") && outcome.errors.contains("1 of 3 cases failed"))
        #expect(try results() == ["a.nii.gz", "c.nii.gz"])
        #expect(try readLabels(path: output + "/c.nii.gz").labels[4, 1, 1] == 0)
    }

    @Test func `does not keep the others from being drawn`() throws {
        let dataset = folder.file("raw/Dataset001_a")
        for part in ["imagesTr", "labelsTr"] {
            try FileManager.default.createDirectory(atPath: dataset + "/" + part, withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(atPath: PhantomModel.slices + "/dataset.json", toPath: dataset + "/dataset.json")
        for name in ["a", "b", "c", "d"] {
            let slices = phantomSlices()
            try writeVolume(slices, to: dataset + "/imagesTr/\(name)_0000.nii.gz")
            let labels = LabelMap(geometry: slices.geometry, repeating: 1)
            try writeLabels(labels, to: dataset + "/labelsTr/\(name).nii.gz", source: ImageSource(geometry: slices.geometry))
        }
        try FileManager.default.removeItem(atPath: dataset + "/labelsTr/a.nii.gz")
        try damage(dataset + "/imagesTr/b_0000.nii.gz")
        try FileManager.default.moveItem(atPath: dataset + "/imagesTr/c_0000.nii.gz", toPath: dataset + "/imagesTr/c.nii.gz")
        let outcome = try Command.run(
            ["plot_overlay_pngs", "-d", "1", "-o", output, "--use_raw"], environment: ["nnUNet_raw": folder.file("raw")])
        #expect(outcome.status == 65)
        for text in ["nnunet: a: ", "nnunet: b: ", "nnunet: c: ", "3 of 4 cases failed"] { #expect(outcome.errors.contains(text)) }
        #expect(try results(".png") == ["d.png"])
    }
}
