import Foundation
import Imaging
import NIfTI
import PythonFormats
import TestSupport
import Testing

/// `evaluate_folder` and `evaluate_simple`.
struct `The evaluation commands` {
    private let folder: TemporaryFolder
    private var truth: String { folder.file("gt") }
    private var masks: String { folder.file("pred") }
    private var summary: String { folder.file("pred/summary.json") }

    init() throws {
        folder = try TemporaryFolder()
        for name in ["gt", "pred"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
        let model = PhantomModel.slices
        for name in ["plans.json", "dataset.json"] {
            try FileManager.default.copyItem(atPath: model + "/" + name, toPath: folder.file(name))
        }
        for name in ["a", "b"] {
            try write([0, 1, 1, 2, 2, 3], to: "gt/\(name).nii.gz")
            try write([0, 1, 1, 1, 2, 0], to: "pred/\(name).nii.gz")
        }
    }

    private func write(_ labels: [UInt16], to name: String) throws {
        let map = labelMap([1, 1, labels.count], labels)
        try writeLabels(map, to: folder.file(name), source: ImageSource(geometry: map.geometry))
    }

    private func evaluate(_ options: String...) throws -> Command.Outcome {
        try Command.run(
            ["evaluate_folder", "gt", "pred", "-djfile", "dataset.json", "-pfile", "plans.json"] + options, in: folder.path)
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test func `writes every case and the means beside the predictions, files named as the folders were`() throws {
        let outcome = try evaluate()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output == "2 cases: mean Dice 0.4889 (1 0.8000, 2 0.6667, 3 0.0000)\npred/summary.json: written\n")
        let text = try text(summary)
        #expect(text.hasPrefix("{\n    \"foreground_mean\": {\n        \"Dice\": 0.48888888888888893,"))
        #expect(text.contains("\"prediction_file\": \"pred/a.nii.gz\",\n            \"reference_file\": \"gt/a.nii.gz\"\n"))
    }

    @Test func `judges chosen labels, one that exists nowhere among them, without plans and dataset`() throws {
        try Data("{}".utf8).write(to: URL(filePath: truth + "/0.json"))
        let outcome = try Command.run(
            ["evaluate_simple", truth, masks + "/", "-l", "1", "7", "1", "-il", "3", "-o", folder.file("out.json")])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.hasPrefix("2 cases: mean Dice nan (1 0.8000, 7 nan)\n"))
        let text = try text(folder.file("out.json"))
        #expect(text.contains("\"prediction_file\": \"\(masks)/a.nii.gz\""))
        #expect(text.contains("\"TN\": 5.0") && !text.contains("\"3\""))
        #expect(!FileManager.default.fileExists(atPath: summary))
    }

    @Test func `adds the surfaces' figures behind nnU-Net's where they are asked for`() throws {
        try write([0, 1, 1, 2, 2, 0], to: "gt/b.nii.gz")
        try write([0, 1, 1, 1, 2, 0], to: "pred/b.nii.gz")
        let outcome = try evaluate("--surface_distances", "--tolerance", "0.5")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("\nsurfaces: mean HD inf mm, HD95 inf mm, ASSD inf mm, NSD "))
        #expect(outcome.output.contains(" at 0.5 mm\npred/summary.json: written\n"))
        let json = try OrderedJSON(contentsOf: summary)
        #expect(json.members?.map(\.key) == ["foreground_mean", "mean", "metric_per_case", "surface_tolerance_mm"])
        let keys = [
            "Dice", "FN", "FP", "IoU", "TN", "TP", "n_pred", "n_ref", "surface_ASSD_mm", "surface_HD95_mm", "surface_HD_mm", "surface_NSD",
        ]
        let cases = try #require(json["metric_per_case"]?.elements).map { $0["metrics"] }
        for metrics in [json["foreground_mean"], json["mean"]?["1"], cases[0]?["1"]] { #expect(metrics?.members?.map(\.key) == keys) }
        #expect(cases[0]?["1"]?["surface_HD_mm"] == 1.0)
        #expect(cases[0]?["3"]?["surface_HD_mm"]?.double == .infinity && cases[0]?["3"]?["surface_NSD"] == 0.0)
        #expect(cases[1]?["3"]?["surface_HD_mm"]?.double?.isNaN == true && cases[1]?["3"]?["surface_NSD"]?.double?.isNaN == true)
        #expect(json["mean"]?["3"]?["surface_NSD"] == 0.0)
        let plain = try evaluate("-o", "plain.json")
        #expect(try plain.status == 0 && !text(folder.file("plain.json")).contains("surface"))
    }

    @Test func `names what has no counterpart and writes nothing, or judges the others when told to`() throws {
        try FileManager.default.removeItem(atPath: masks + "/a.nii.gz")
        let outcome = try evaluate()
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("gt: a.nii.gz: there is no prediction of this name in pred"))
        #expect(!FileManager.default.fileExists(atPath: summary))
        let chill = try evaluate("--chill")
        #expect(chill.status == 0)
        #expect(chill.errors.contains("warning: gt: a.nii.gz: there is no prediction"))
        try write([0, 1, 1, 1, 2, 0], to: "pred/c.nii.gz")
        let strange = try evaluate("--chill", "-o", "other.json")
        #expect(strange.status == 66)
        #expect(strange.errors.contains("pred: c.nii.gz: there is no reference of this name in gt"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("other.json")))
    }

    @Test func `names every unusable file, and leaves an older summary as it is`() throws {
        #expect(try evaluate().status == 0)
        let before = try text(summary)
        try write([0, 1, 1], to: "pred/a.nii.gz")
        try Data("no image".utf8).write(to: URL(filePath: truth + "/b.nii.gz"))
        let outcome = try evaluate()
        #expect(outcome.status == 65)
        for part in [
            "a.nii.gz: pred/a.nii.gz: the prediction has shape [1, 1, 3], expected [1, 1, 6]", "b.nii.gz: gt/b.nii.gz: ",
            "2 of 2 cases failed",
        ] { #expect(outcome.errors.contains(part), "\(outcome.errors)") }
        #expect(try text(summary) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: masks).filter { $0.hasPrefix(".") } == [])
    }

    @Test func `refuses folders without label maps`() throws {
        for name in ["a", "b"] { try FileManager.default.removeItem(atPath: masks + "/\(name).nii.gz") }
        let outcome = try evaluate("--chill")
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("pred: no file ends with .nii.gz"))
        let simple = try Command.run(["evaluate_simple", masks, truth, "-l", "1"])
        #expect(simple.status == 66)
        #expect(simple.errors.contains("no file has the ending of an image"))
    }

    @Test func `says where nothing can be written before it counts, and never writes over what it reads`() throws {
        let outcome = try evaluate("-o", "none/summary.json")
        #expect(outcome.status == 73)
        #expect(outcome.errors.contains("none/summary.json"))
        let before = try text(folder.file("dataset.json"))
        #expect(try evaluate("-o", "./dataset.json").status == 73)
        #expect(try text(folder.file("dataset.json")) == before)
    }

    @Test(
        .enabled(if: SharedReference.isAvailable, "needs ../shared"),
        arguments: [
            "evaluate_labels", "evaluate_labels_simple", "evaluate_labels_chill", "evaluate_regions", "evaluate_regions_chill",
        ]) func `writes upstream's file to the letter`(name: String) throws
    {
        let work = try TemporaryFolder()
        let run = try UpstreamRun.named(name)
        try run.prepare(in: work.path)
        let outcome = try run.run(in: work.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        try run.expectFiles(in: work.path)
    }

    @Test(
        .enabled(if: SharedReference.isAvailable, "needs ../shared"),
        arguments: [
            "evaluate_labels_incomplete", "evaluate_regions_incomplete",
        ]) func `refuses what upstream refuses`(name: String) throws
    {
        let work = try TemporaryFolder()
        let run = try UpstreamRun.named(name)
        try run.prepare(in: work.path)
        run.expectFailure(try run.run(in: work.path), status: 66)
        #expect(!FileManager.default.fileExists(atPath: work.file("pred/summary.json")))
    }
}
