import Compression
import Files
import Foundation
import NIfTI
import PythonFormats
import TestSupport
import Testing

/// Models on their way from one machine to another.
struct `Sharing models` {
    private static let model = "Dataset990_Phantom/nnUNetTrainer__nnUNetPlansSmall__3d_fullres"
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var archive: String { folder.file("model.zip") }
    private var results: String { folder.file("results") }

    /// Results with the bundled model in them.
    private func exportedResults() throws -> String {
        let results = folder.file("trained")
        try FileManager.default.createDirectory(atPath: results + "/Dataset990_Phantom", withIntermediateDirectories: true)
        let bundled = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__3d_fullres")
        try FileManager.default.copyItem(atPath: bundled, toPath: results + "/" + Self.model)
        return results
    }

    private func export(_ more: [String] = []) throws -> Command.Outcome {
        let arguments = ["export_model_to_zip", "-d", "990", "-p", "nnUNetPlansSmall", "-o", archive] + more
        return try Command.run(arguments, environment: ["nnUNet_results": folder.file("trained")])
    }

    private func install(_ more: [String] = []) throws -> Command.Outcome {
        try Command.run(["install_pretrained_model_from_zip", archive] + more, environment: ["nnUNet_results": results])
    }

    private func content(_ root: String) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
            if let data = FileManager.default.contents(atPath: root + "/" + name) { found[name] = data }
        }
        return found
    }

    @Test func `what one machine exports another installs, file by file`() throws {
        let trained = try exportedResults()
        let refused = try export(["-c", "3d_fullres", "-f", "0"])
        #expect(refused.status == 66 && refused.errors.contains("progress.png") && refused.errors.contains("--not_strict"))
        #expect(!FileManager.default.fileExists(atPath: archive))

        let exported = try export(["-c", "3d_fullres", "2d", "-f", "0", "--not_strict"])
        #expect(exported.status == 0 && exported.errors.contains("3d_fullres/fold_0/progress.png: left out"), "\(exported.errors)")
        #expect(exported.errors.contains("__2d: left out: the configuration 2d has not been trained"))
        let installed = try install()
        #expect(installed.status == 0 && installed.errors.isEmpty, "\(installed.errors)")
        #expect(installed.output.contains("\(Self.model): installed, folds 0"))
        let (before, after) = (try content(trained), try content(results))
        #expect(after.count > 2 && after.allSatisfy { before[$0.key] == $0.value })

        let again = try install()
        #expect(again.status == 0)
        #expect(try content(results) == after)
    }

    @Test func `a model that is there with other content is kept unless it may be replaced`() throws {
        _ = try exportedResults()
        #expect(try export(["-c", "3d_fullres", "-f", "0", "--not_strict"]).status == 0)
        #expect(try install().status == 0)
        let changed = results + "/\(Self.model)/dataset.json", original = try #require(FileManager.default.contents(atPath: changed))
        try Data("{}".utf8).write(to: URL(filePath: changed))
        let before = try content(results), refused = try install()
        #expect(refused.status == 73 && refused.errors.contains(Self.model) && refused.errors.contains("--overwrite"))
        #expect(try content(results) == before)
        #expect(try install(["--overwrite"]).status == 0)
        #expect(FileManager.default.contents(atPath: changed) == original)
        #expect(try FileManager.default.contentsOfDirectory(atPath: results) == ["Dataset990_Phantom"])
    }

    @Test func `an archive predicts as the folder in it does`() throws {
        _ = try exportedResults()
        #expect(try export(["-c", "3d_fullres", "-f", "0", "--not_strict"]).status == 0)
        try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: true)
        try writeVolume(phantomSlices(2), to: folder.file("in/a_0000.nii.gz"))
        let temporary = folder.file("tmp")
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        var masks: [Data?] = []
        for model in [folder.file("trained/\(Self.model)"), archive, archive + "/nnUNetTrainer__nnUNetPlansSmall__3d_fullres"] {
            let output = folder.file("out\(masks.count)")
            let outcome = try Command.run(
                ["predict_from_modelfolder", "-i", folder.file("in"), "-o", output, "-m", model, "-f", "0", "--disable_tta"],
                environment: ["TMPDIR": temporary])
            #expect(outcome.status == 0, "\(outcome.errors)")
            masks.append(FileManager.default.contents(atPath: output + "/a.nii.gz"))
        }
        #expect(masks[0] != nil && masks[0] == masks[1] && masks[1] == masks[2])
        let other = try Command.run(
            ["predict_from_modelfolder", "-i", folder.file("in"), "-o", folder.file("none"), "-m", archive + "/other"],
            environment: ["TMPDIR": temporary])
        #expect(other.status == 78 && other.errors.contains("expected other") && other.errors.contains(Self.model), "\(other.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary).isEmpty)
    }

    @Test(arguments: [
        ["../out"], ["/etc/out"], ["Dataset001_a/../../out"],
        ["Dataset001_a/m/x", "Dataset001_a/m/x/y"], ["Dataset001_a/m\\x"], ["Dataset001_a/m/dataset.json"],
    ])
    func `an archive that is none of models is refused whole`(names: [String]) throws {
        let zip = try ZipWriter(path: archive)
        if names[0] != "Dataset001_a/m/dataset.json" { try zip.addBytes(Array("{}".utf8), named: "Dataset001_a/m/plans.json") }
        for name in names { try zip.addBytes([1], named: name) }
        try zip.finish()
        let outcome = try install()
        #expect(outcome.status == 78 && outcome.errors.contains("model.zip: "), "\(outcome.errors)")
        #expect((try? FileManager.default.contentsOfDirectory(atPath: results)) ?? [] == [])
        #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
    }

    @Test func `entries of no model are passed over and named`() throws {
        let zip = try ZipWriter(path: archive)
        let others = ["README.md", "__MACOSX/._x", "other/plans.json", "Dataset001_a/.hidden"]
        for name in others + ["Dataset001_a/m/plans.json"] { try zip.addBytes(Array("{}".utf8), named: name) }
        try zip.finish()
        let outcome = try install()
        #expect(outcome.status == 0, "\(outcome.errors)")
        for name in others.prefix(3) { #expect(outcome.errors.contains("passed over: \(name)"), "\(outcome.errors)") }
        #expect(outcome.errors.contains("1 more entries"))
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: results).sorted() == [
                "Dataset001_a", "Dataset001_a/m", "Dataset001_a/m/plans.json",
            ])
    }

    @Test func `a damaged archive leaves nothing`() throws {
        let zip = try ZipWriter(path: archive)
        try zip.addBytes(Array("{}".utf8), named: "Dataset001_a/m/plans.json", level: 0)
        try zip.addBytes([UInt8](repeating: 7, count: 100_000), named: "Dataset001_a/m/fold_0/checkpoint_final.pth", level: 0)
        try zip.finish()
        var bytes = try Data(contentsOf: URL(filePath: archive))
        bytes[50_000] ^= 1
        try bytes.write(to: URL(filePath: archive))
        let outcome = try install()
        #expect(outcome.status == 65, "\(outcome.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: results).isEmpty)
    }
}

/// Archives as nnU-Net writes them and takes them.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct `Sharing models as nnU-Net does` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// nnU-Net's inputs, and what a run of its left, in one place.
    private func results(_ trees: [String]) throws -> String {
        for tree in trees {
            let root = SharedReference.commandRun(tree)
            for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
                guard let data = FileManager.default.contents(atPath: root + "/" + name) else { continue }
                let path = URL(filePath: folder.file("w/" + name))
                try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
                try data.write(to: path)
            }
        }
        return folder.file("w/results")
    }

    @Test(arguments: [
        ("export/out.zip", ["-d", "611", "-c", "2d", "3d_fullres", "-f", "0", "1", "2"]),
        ("export_predictions/out_cv.zip", ["-d", "Dataset611_Both", "-c", "3d_fullres", "-f", "0", "1", "2", "--exp_cv_preds"]),
    ])
    func `an export has nnU-Net's entries in its order, with its content`(listing: String, arguments: [String]) throws {
        let results = try results(["trees/cv", "after/best_ensemble"]), archive = folder.file("out.zip")
        let outcome = try Command.run(
            arguments + ["-o", archive], as: "nnUNetv2_export_model_to_zip", environment: ["nnUNet_results": results])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let expected = try OrderedJSON(contentsOf: SharedReference.commandRun("after/\(listing).json"))
        let members = try #require(expected.members)
        let entries = try ZipReader(path: archive).entries
        #expect(entries.map(\.name) == members.map(\.key))
        // The texts of a reference say {W} for the folder that they were written in.
        for (entry, member) in zip(entries, members) where !entry.name.hasSuffix(".json") {
            #expect(entry.size == member.value["size"]?.integer, "\(entry.name)")
        }
    }

    @Test func `an archive does not replace what goes into it`() throws {
        let results = try results(["trees/cv", "after/best_ensemble"])
        let checkpoint = results + "/Dataset611_Both/nnUNetTrainer__nnUNetPlans__2d/fold_0/checkpoint_final.pth"
        let before = try Data(contentsOf: URL(filePath: checkpoint))
        let outcome = try Command.run(
            ["export_model_to_zip", "-d", "611", "-c", "2d", "-f", "0", "1", "2", "-o", checkpoint],
            environment: ["nnUNet_results": results])
        #expect(outcome.status == 73, "\(outcome.errors)")
        #expect(try Data(contentsOf: URL(filePath: checkpoint)) == before)
    }

    @Test func `a configuration that was not trained makes no archive`() throws {
        let results = try results(["trees/cv", "after/best_ensemble"]), archive = folder.file("out.zip")
        let outcome = try Command.run(
            ["export_model_to_zip", "-d", "Dataset611_Both", "-o", archive, "-f", "0", "1", "2"], environment: ["nnUNet_results": results])
        #expect(outcome.status == 66 && outcome.errors.contains("3d_lowres"))
        #expect(!FileManager.default.fileExists(atPath: archive))
    }

    @Test func `nnU-Net's archive is installed as nnU-Net installs it`() throws {
        let results = folder.file("results")
        let outcome = try Command.run(
            [SharedReference.commandRun("trees/zip/model.zip")], as: "nnUNetv2_install_pretrained_model_from_zip",
            environment: ["nnUNet_results": results])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let expected = SharedReference.commandRun("after/install/results")
        let names = try FileManager.default.subpathsOfDirectory(atPath: expected).sorted()
        #expect(try FileManager.default.subpathsOfDirectory(atPath: results).sorted() == names)
        for name in names {
            #expect(
                FileManager.default.contents(atPath: results + "/" + name) == FileManager.default.contents(atPath: expected + "/" + name))
        }
    }
}
