import Foundation
import Imaging
import NIfTI
import PythonFormats
import TestSupport
import Testing

/// Predictions judged by references, from the command line.
struct `Evaluating folders` {
    private let folder: TemporaryFolder
    private var summary: String { folder.file("pred/summary.json") }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ name: String, _ labels: [Int16], width: Int = 3) throws {
        let path = folder.file(name)
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        var volume = Volume<Int16>(geometry: ImageGeometry(size: SIMD3(width, labels.count / width, 1)), repeating: 0)
        for (index, label) in labels.enumerated() { volume.voxels[index] = label }
        try writeVolume(volume, to: path)
    }

    private func evaluate(_ more: [String] = ["-l", "1", "2"]) throws -> Command.Outcome {
        try Command.run(["evaluate_simple", folder.file("gt"), folder.file("pred")] + more)
    }

    @Test func `gives Dice and counts of each label`() throws {
        try write("gt/a.nii.gz", [0, 1, 1, 2, 2, 0])
        try write("pred/a.nii.gz", [0, 1, 2, 2, 2, 0])
        let outcome = try evaluate()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let found = try OrderedJSON(contentsOf: summary)
        #expect(found["mean"]?["1"]?["Dice"]?.double == 2.0 / 3 && found["mean"]?["2"]?["FP"]?.double == 1)
        #expect(found["metric_per_case"]?.elements?[0]["prediction_file"]?.string == folder.file("pred/a.nii.gz"))
        #expect(outcome.output.contains("foreground mean Dice 0.7333"))
    }

    @Test func `names what is missing and writes nothing`() throws {
        try write("gt/a.nii.gz", [0, 1, 1, 2, 2, 0])
        try write("gt/b.nii.gz", [0, 1, 1, 2, 2, 0])
        try write("pred/a.nii.gz", [0, 1, 1, 2, 2, 0])
        let incomplete = try evaluate()
        #expect(incomplete.status == 66 && incomplete.errors.contains("b.nii.gz") && incomplete.errors.contains("--chill"))
        try write("pred/c.nii.gz", [0, 1, 1, 2, 2, 0])
        let surplus = try evaluate(["-l", "1", "--chill"])
        #expect(surplus.status == 66 && surplus.errors.contains("there is no reference for c.nii.gz"))
        #expect(!FileManager.default.fileExists(atPath: summary))
        try FileManager.default.removeItem(atPath: folder.file("pred/c.nii.gz"))
        #expect(try evaluate(["-l", "1", "--chill"]).status == 0)
    }

    @Test func `names every case that can't be judged and writes nothing`() throws {
        for name in ["a", "b", "c"] { try write("gt/\(name).nii.gz", [0, 1, 1, 2, 2, 0]) }
        try write("pred/a.nii.gz", [0, 1, 1, 2, 2, 0])
        try write("pred/b.nii.gz", [0, 1, 1, 2], width: 2)
        try Data("no image".utf8).write(to: URL(filePath: folder.file("pred/c.nii.gz")))
        let outcome = try evaluate()
        #expect(outcome.status == 65)
        #expect(
            outcome.errors.contains("b.nii.gz: ") && outcome.errors.contains("has shape [1, 2, 2], expected [1, 2, 3]"), "\(outcome.errors)"
        )
        #expect(outcome.errors.contains("c.nii.gz: ") && outcome.errors.contains("2 of 3 cases can't be judged"))
        #expect(!FileManager.default.fileExists(atPath: summary))
    }
}

/// The same folders as nnU-Net evaluated.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct `Evaluating folders as nnU-Net does` {
    static let runs: [(tree: String, after: String, arguments: [String])] = [
        ("evaluate_labels", "evaluate_labels/pred/summary.json", []),
        ("evaluate_labels_incomplete", "evaluate_labels_chill/chill.json", ["--chill"]),
        ("evaluate_regions", "evaluate_regions/pred/summary.json", []),
        ("evaluate_regions_incomplete", "evaluate_regions_chill/chill.json", ["--chill"]),
    ]

    @Test(arguments: runs) func `evaluate_folder writes its summary`(tree: String, after: String, arguments: [String]) throws {
        let folder = try TemporaryFolder(), output = folder.file("summary.json")
        let tree = SharedReference.commandRun("trees/" + tree)
        let described = ["-djfile", tree + "/dataset.json", "-pfile", tree + "/plans.json", "-o", output]
        let outcome = try Command.run([tree + "/gt", tree + "/pred"] + described + arguments, as: "nnUNetv2_evaluate_folder")
        #expect(outcome.status == 0, "\(outcome.errors)")
        try expectEqual(OrderedJSON(contentsOf: output), OrderedJSON(contentsOf: SharedReference.commandRun("after/" + after)))
    }

    @Test func `evaluate_simple writes its summary`() throws {
        let folder = try TemporaryFolder(), output = folder.file("summary.json")
        let tree = SharedReference.commandRun("trees/evaluate_labels")
        let outcome = try Command.run(
            [tree + "/gt", tree + "/pred", "-l", "1", "2", "5", "-o", output], as: "nnUNetv2_evaluate_simple")
        #expect(outcome.status == 0, "\(outcome.errors)")
        try expectEqual(
            OrderedJSON(contentsOf: output),
            OrderedJSON(contentsOf: SharedReference.commandRun("after/evaluate_labels_simple/elsewhere.json")))
    }

    @Test(arguments: ["evaluate_labels_incomplete", "evaluate_regions_incomplete"])
    func `a missing prediction is refused by name`(tree: String) throws {
        let folder = try TemporaryFolder(), tree = SharedReference.commandRun("trees/" + tree)
        let outcome = try Command.run([
            "evaluate_folder", tree + "/gt", tree + "/pred", "-djfile", tree + "/dataset.json", "-pfile", tree + "/plans.json", "-o",
            folder.file("summary.json"),
        ])
        #expect(outcome.status == 66 && outcome.errors.contains("case_01.nii.gz"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    /// Keys in order, whole numbers alike, others to 1e-6; of paths the folder and the name.
    private func expectEqual(_ found: OrderedJSON, _ expected: OrderedJSON, at place: String = "") throws {
        switch (found, expected) {
        case (.object(let found), .object(let expected)):
            #expect(found.map(\.key) == expected.map(\.key), "\(place)")
            for (one, other) in zip(found, expected) { try expectEqual(one.value, other.value, at: place + "." + one.key) }
        case (.array(let found), .array(let expected)):
            #expect(found.count == expected.count, "\(place)")
            for (index, pair) in zip(found, expected).enumerated() { try expectEqual(pair.0, pair.1, at: "\(place)[\(index)]") }
        case (.number(let found), .number(let expected)):
            #expect(abs(found - expected) < 1e-6 || (found.isNaN && expected.isNaN), "\(place): \(found), expected \(expected)")
        case (.string(let found), .string(let expected)):
            #expect(found.split(separator: "/").suffix(2) == expected.split(separator: "/").suffix(2), "\(place)")
        default: #expect(found == expected, "\(place)")
        }
    }
}
