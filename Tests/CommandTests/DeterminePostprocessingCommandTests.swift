import Foundation
import Imaging
import NIfTI
import PythonFormats
import TestSupport
import Testing

/// `determine_postprocessing`.
struct `The search for postprocessing` {
    private let folder: TemporaryFolder
    private let truth: [UInt16] = [1, 1, 1, 0, 2, 2, 0, 0, 3, 3, 0, 0]
    private let stray: [UInt16] = [1, 1, 1, 0, 2, 2, 0, 1, 3, 3, 0, 3]

    init() throws {
        folder = try TemporaryFolder()
        for name in ["gt", "pred"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
        for name in ["plans.json", "dataset.json"] {
            try FileManager.default.copyItem(atPath: PhantomModel.slices + "/" + name, toPath: folder.file("pred/" + name))
        }
        for name in ["a.nii.gz", "b.nii.gz"] {
            try write(truth, to: "gt/" + name)
            try write(stray, to: "pred/" + name)
        }
    }

    private func write(_ labels: [UInt16], to name: String) throws {
        let map = labelMap([1, 1, labels.count], labels)
        try writeLabels(map, to: folder.file(name), source: ImageSource(geometry: map.geometry))
    }

    private func labels(_ name: String) throws -> [UInt16] {
        let found = try readLabels(path: folder.file(name))
        return found.labels.voxels.values
    }

    private func determine(_ options: String...) throws -> Command.Outcome {
        try Command.run(["determine_postprocessing", "-i", "pred", "-ref", "gt"] + options, in: folder.path)
    }

    private func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.file(path)).sorted()
    }

    @Test func `leaves the recipe in both forms and the label maps that it gives, named where they are`() throws {
        let outcome = try determine()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("1: Dice 0.85714 without, 1.00000 with the largest component alone: adopted\n"))
        #expect(try names("pred/postprocessed") == ["a.nii.gz", "b.nii.gz", "summary.json"])
        #expect(try labels("pred/postprocessed/b.nii.gz") == truth)
        let summary = try OrderedJSON(contentsOf: folder.file("pred/postprocessed/summary.json"))
        #expect(summary["metric_per_case"]?.elements?.first?["prediction_file"] == "pred/postprocessed/a.nii.gz")
        #expect(
            try OrderedJSON(contentsOf: folder.file("pred/summary.json"))["foreground_mean"]?["Dice"]?.double == (6.0 / 7 + 1 + 0.8) / 3)
        let recipe = try OrderedJSON(contentsOf: folder.file("pred/postprocessing.json"))
        #expect(recipe["postprocessing_kwargs"] == [["labels_or_regions": 1], ["labels_or_regions": 3]])
        let applied = try Command.run(
            [
                "apply_postprocessing", "-i", folder.file("pred"), "-o", folder.file("new"), "-pp_pkl_file",
                folder.file("pred/postprocessing.pkl"),
            ])
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(try labels("new/a.nii.gz") == truth)
    }

    @Test func `copies everything where nothing is worth while, and replaces what an earlier run left`() throws {
        #expect(try determine().status == 0)
        for name in ["a.nii.gz", "b.nii.gz"] { try write(truth, to: "pred/" + name) }
        try Data().write(to: URL(filePath: folder.file("pred/a.npz")))
        let outcome = try determine()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("warning: pred/summary.json: it is not of the files that are there now"))
        #expect(
            try names("pred/postprocessed") == ["a.nii.gz", "a.npz", "b.nii.gz", "dataset.json", "plans.json", "summary.json"])
        #expect(try OrderedJSON(contentsOf: folder.file("pred/postprocessing.json"))["postprocessing_fns"] == [])
        #expect(try OrderedJSON(contentsOf: folder.file("pred/postprocessed/summary.json"))["foreground_mean"]?["Dice"] == 1.0)
    }

    @Test func `takes a summary with surfaces for what it is, and leaves it`() throws {
        let judged = try Command.run(
            ["evaluate_folder", "gt", "pred", "-djfile", "pred/dataset.json", "-pfile", "pred/plans.json", "--surface_distances"],
            in: folder.path)
        #expect(judged.status == 0, "\(judged.errors)")
        let before = FileManager.default.contents(atPath: folder.file("pred/summary.json"))
        let outcome = try determine()
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(FileManager.default.contents(atPath: folder.file("pred/summary.json")) == before)
    }

    @Test func `keeps no label maps when told so`() throws {
        #expect(try determine().status == 0)
        let outcome = try determine("--remove_postprocessed")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            try names("pred") == [
                "a.nii.gz", "b.nii.gz", "dataset.json", "plans.json", "postprocessing.json", "postprocessing.pkl", "summary.json",
            ])
    }

    @Test func `leaves what was there where a case is unusable`() throws {
        #expect(try determine().status == 0)
        let before = try names("pred")
        try write([1], to: "gt/b.nii.gz")
        let outcome = try determine()
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("pred/b.nii.gz: the prediction has shape"))
        #expect(try names("pred") == before)
        #expect(try labels("pred/postprocessed/b.nii.gz") == truth)
    }

    @Test func `replaces no file that has the name of its folder`() throws {
        try Data("mine".utf8).write(to: URL(filePath: folder.file("pred/postprocessed")))
        let before = try names("pred")
        let outcome = try determine()
        #expect(outcome.status == 73)
        #expect(outcome.errors.contains("pred/postprocessed: can't be replaced"))
        #expect(try names("pred") == before)
    }

    @Test func `warns of references without a prediction, and fails where a prediction has no reference`() throws {
        try write(truth, to: "gt/c.nii.gz")
        let outcome = try determine()
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("warning: gt: c.nii.gz: there is no prediction of this name in pred"))
        try write(truth, to: "pred/d.nii.gz")
        #expect(try determine().status == 66)
    }

    @Test(.enabled(if: SharedReference.isAvailable, "needs ../shared"), arguments: ["pp_islands", "pp_parts"])
    func `decides and writes as upstream, but for the folder that it names`(name: String) throws {
        let work = try TemporaryFolder()
        let run = try UpstreamRun.named(name)
        try run.prepare(in: work.path)
        let outcome = try run.run(in: work.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        try run.expectFiles(in: work.path, replacing: ["/temp/keep_largest_fg/": "/", "/temp/keep_largest_perClassOrRegion/": "/"])
    }

    @Test(.enabled(if: SharedReference.isAvailable, "needs ../shared"), arguments: ["pp_islands_apply", "pp_parts_apply"])
    func `gives a recipe that is applied with upstream's result`(name: String) throws {
        let work = try TemporaryFolder()
        let run = try UpstreamRun.named(name)
        try run.prepare(in: work.path)
        let outcome = try run.run(in: work.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        try run.expectFiles(in: work.path)
    }
}
