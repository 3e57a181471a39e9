import Foundation
import NIfTI
import TestSupport
import Testing

/// No command writes into a folder that it reads, or over a file that it reads.
struct `The output folder` {
    private let folder: TemporaryFolder
    private var input: String { folder.file("in") }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: true)
    }

    /// A folder as another path than its own.
    static let spellings = ["in", "in/", "./in", "in/.", "in/../in", "link", "link/", "nested/link", "in//"]

    private func path(_ spelling: String, of name: String) throws -> String {
        let files = FileManager.default
        try files.createDirectory(atPath: folder.file("nested"), withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: folder.file(name))
        try files.createSymbolicLink(atPath: folder.file("nested/link"), withDestinationPath: "../link")
        return folder.file(spelling.replacing("in", with: name).replacing("l\(name)k", with: "link"))
    }

    private func contents(_ path: String) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            found[name] = (try? Data(contentsOf: URL(filePath: path + "/" + name))) ?? Data()
        }
        return found
    }

    private func expectRefusal(_ arguments: [String], untouched: String, environment: [String: String] = [:]) throws {
        let before = try contents(untouched)
        let outcome = try Command.run(arguments, environment: environment)
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(outcome.errors.contains("are one folder; choose another for the results"), "\(outcome.errors)")
        #expect(try contents(untouched) == before)
    }

    @Test(arguments: spellings) func `is not the input folder of a prediction, however it is written`(spelling: String) throws {
        try writeVolume(phantomSlices(), to: input + "/a_0000.nii.gz")
        let output = try path(spelling, of: "in")
        try expectRefusal(
            ["predict_from_modelfolder", "-i", input, "-o", output, "-m", PhantomModel.slices, "-f", "0"], untouched: input)
        try expectRefusal(["convert", "-i", input, "-o", output], untouched: input)
        try expectRefusal(["apply_postprocessing", "-i", output, "-o", input, "-pp_pkl_file", "x"], untouched: input)
        try expectRefusal(["ensemble", "-i", folder.path, output, "-o", input], untouched: input)
    }

    @Test func `is not named by way of a folder that isn't there, which may lead into the input`() throws {
        try writeVolume(phantomSlices(), to: input + "/a_0000.nii.gz")
        let before = try contents(input)
        for output in [input + "/new/..", folder.file("x/../in")] {
            let outcome = try Command.run(["convert", "-i", input, "-o", output])
            #expect(outcome.status == 64, "\(outcome.errors)")
            #expect(outcome.errors.contains("write the path without it"), "\(outcome.errors)")
        }
        #expect(try contents(input) == before)
    }

    @Test(arguments: spellings) func `is not the model folder`(spelling: String) throws {
        try PhantomModel.copy(to: folder.file("model"), replacing: [:])
        let output = try path(spelling, of: "model")
        try writeVolume(phantomSlices(), to: input + "/a_0000.nii.gz")
        try expectRefusal(
            ["predict_from_modelfolder", "-i", input, "-o", output, "-m", folder.file("model"), "-f", "0"], untouched: folder.file("model"))
    }

    @Test func `is not the folder of the previous stage's predictions`() throws {
        let previous = folder.file("previous")
        try FileManager.default.createDirectory(atPath: previous, withIntermediateDirectories: true)
        try expectRefusal(
            [
                "predict_from_modelfolder", "-i", input, "-o", previous + "/", "-m", PhantomModel.slices, "-f", "0",
                "-prev_stage_predictions", previous,
            ], untouched: previous)
    }

    @Test func `is not one of a raw dataset's folders`() throws {
        for part in ["imagesTr", "labelsTr"] {
            let path = folder.file("raw/Dataset001_a/" + part)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try expectRefusal(
                ["plot_overlay_pngs", "-d", "1", "--use_raw", "-o", path + "/."], untouched: path,
                environment: ["nnUNet_raw": folder.file("raw")]
            )
        }
    }

    @Test func `does not lie in a folder of DICOM series`() throws {
        #expect(try Command.run(["phantom", "-o", folder.file("made"), "--dicom"]).status == 0)
        let series = folder.file("made/dicom")
        for arguments in [["convert"], ["predict_from_modelfolder", "-m", PhantomModel.slices, "-f", "0"]] {
            let outcome = try Command.run(arguments + ["-i", series, "-o", series + "/out/deep"])
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("whose sub-folders are read as series"), "\(outcome.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: series + "/out"))
    }

    @Test(arguments: [true, false]) func `holds no file that is read, by link or by name, and that file stays`(isLink: Bool) throws {
        let output = folder.file("out")
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        try writeVolume(phantomSlices(), to: input + "/a_0000.nii.gz")
        try writeVolume(phantomSlices(seed: 6), to: output + "/b.nii.gz")
        // The input of b lies where its mask would go.
        if isLink {
            try FileManager.default.createSymbolicLink(atPath: input + "/b_0000.nii.gz", withDestinationPath: "../out/b.nii.gz")
        } else {
            try FileManager.default.linkItem(atPath: output + "/b.nii.gz", toPath: input + "/b_0000.nii.gz")
        }
        let before = try Data(contentsOf: URL(filePath: input + "/b_0000.nii.gz"))
        let outcome = try Command.run([
            "predict_from_modelfolder", "-i", input, "-o", output, "-m", PhantomModel.slices, "-f", "0", "--disable_tta",
        ])
        #expect(outcome.status == 73)
        #expect(outcome.errors.contains("out/b.nii.gz: it is the file \(input)/b_0000.nii.gz, which is read"), "\(outcome.errors)")
        #expect(try Data(contentsOf: URL(filePath: input + "/b_0000.nii.gz")) == before)
        #expect(FileManager.default.fileExists(atPath: output + "/a.nii.gz"))
    }

    @Test func `may have a link of a result's name: the link is replaced, not what it leads to`() throws {
        let output = folder.file("out")
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        try writeVolume(phantomSlices(), to: input + "/a_0000.nii.gz")
        try FileManager.default.createSymbolicLink(atPath: output + "/a.nii.gz", withDestinationPath: folder.file("elsewhere.nii.gz"))
        try writeVolume(phantomSlices(seed: 6), to: folder.file("elsewhere.nii.gz"))
        let before = try Data(contentsOf: URL(filePath: folder.file("elsewhere.nii.gz")))
        let outcome = try Command.run([
            "predict_from_modelfolder", "-i", input, "-o", output, "-m", PhantomModel.slices, "-f", "0", "--disable_tta",
        ])
        #expect(outcome.status == 0)
        #expect(try Data(contentsOf: URL(filePath: folder.file("elsewhere.nii.gz"))) == before)
    }
}
