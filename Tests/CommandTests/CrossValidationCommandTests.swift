import Foundation
import Imaging
import NIfTI
import PythonFormats
import TestSupport
import Testing

/// `accumulate_crossval_results` and `find_best_configuration`.
struct `The cross-validation commands` {
    private let folder: TemporaryFolder
    private let results: String
    private let truth: [UInt16] = [1, 1, 1, 0, 2, 2, 0, 0, 3, 3, 0, 0]
    private let stray: [UInt16] = [1, 1, 1, 0, 2, 2, 0, 1, 3, 3, 0, 3]

    /// Two configurations of the bundled model that were validated in two folds; the second one is always right.
    init() throws {
        folder = try TemporaryFolder()
        results = folder.file("results/Dataset009_Rows")
        for model in ["2d", "3d_cascade_fullres"] {
            let path = results + "/nnUNetTrainer__nnUNetPlans__" + model
            for fold in 0..<2 {
                try write(model == "2d" ? stray : truth, to: path + "/fold_\(fold)/validation/case_\(fold).nii.gz")
            }
            for name in ["plans.json", "dataset.json"] {
                try FileManager.default.copyItem(atPath: PhantomModel.slices + "/" + name, toPath: path + "/" + name)
            }
            try changePlans(path + "/plans.json")
        }
        let preprocessed = folder.file("preprocessed/Dataset009_Rows")
        for fold in 0..<2 { try write(truth, to: preprocessed + "/gt_segmentations/case_\(fold).nii.gz") }
        try FileManager.default.copyItem(
            atPath: results + "/nnUNetTrainer__nnUNetPlans__2d/plans.json", toPath: preprocessed + "/nnUNetPlans.json")
    }

    private func write(_ labels: [UInt16], to path: String) throws {
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        let map = labelMap([1, 1, labels.count], labels)
        try writeLabels(map, to: path, source: ImageSource(geometry: map.geometry))
    }

    /// Names the dataset, and adds a cascade with its first stage.
    private func changePlans(_ path: String) throws {
        let plans = try OrderedJSON(contentsOf: path)
        var members = try #require(plans.members)
        for index in members.indices {
            if members[index].key == "dataset_name" { members[index].value = "Dataset009_Rows" }
            guard members[index].key == "configurations" else { continue }
            members[index].value = .object(
                (members[index].value.members ?? []) + [
                    .init("3d_lowres", ["inherits_from": "2d"]),
                    .init("3d_cascade_fullres", ["inherits_from": "2d", "previous_stage": "3d_lowres"]),
                ])
        }
        try Data(OrderedJSON.object(members).pythonText().utf8).write(to: URL(filePath: path))
    }

    private func run(_ arguments: String...) throws -> Command.Outcome {
        try Command.run(
            arguments, environment: ["nnUNet_results": folder.file("results/"), "nnUNet_preprocessed": folder.file("preprocessed")])
    }

    private func find(_ options: String...) throws -> Command.Outcome {
        try Command.run(
            ["find_best_configuration", "9", "-c", "2d", "3d_absent", "3d_cascade_fullres", "-f", "0", "1"] + options,
            environment: ["nnUNet_results": folder.file("results"), "nnUNet_preprocessed": folder.file("preprocessed")])
    }

    private func names(_ path: String) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

    @Test func `the folds' label maps are merged and judged beside the model, an older folder is replaced`() throws {
        let merged = results + "/nnUNetTrainer__nnUNetPlans__2d/crossval_results_folds_0_1"
        try write(truth, to: merged + "/old.nii.gz")
        let outcome = try run("accumulate_crossval_results", "9", "-c", "2d", "-f", "0", "1")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try names(merged) == ["case_0.nii.gz", "case_1.nii.gz", "dataset.json", "plans.json", "summary.json"])
        let summary = try OrderedJSON(contentsOf: merged + "/summary.json")
        #expect(summary["metric_per_case"]?.elements?.last?["prediction_file"] == .string(merged + "/case_1.nii.gz"))
        #expect(summary["foreground_mean"]?["Dice"]?.double == (6.0 / 7 + 1 + 0.8) / 3)
    }

    @Test func `another folder must be empty, and nothing is there where a fold is missing or a case is in two`() throws {
        let output = folder.file("merged")
        try write(truth, to: output + "/mine.nii.gz")
        let full = try run("accumulate_crossval_results", "9", "-c", "2d", "-f", "0", "1", "-o", output)
        #expect(full.status == 73)
        #expect(try names(output) == ["mine.nii.gz"])
        let missing = try run("accumulate_crossval_results", "9", "-c", "2d", "-f", "0", "2", "-o", folder.file("new"))
        #expect(missing.status == 66)
        #expect(missing.errors.contains("fold 2 is missing"))
        try write(truth, to: results + "/nnUNetTrainer__nnUNetPlans__2d/fold_1/validation/case_0.nii.gz")
        let twice = try run("accumulate_crossval_results", "9", "-c", "2d", "-f", "0", "1", "-o", folder.file("new"))
        #expect(twice.status == 65)
        #expect(twice.errors.contains("fold_0/validation has a prediction of this case, too"))
        #expect(try names(folder.path) == ["merged", "preprocessed", "results"])
    }

    @Test func `a cascade that is best is given with its first stage`() throws {
        let outcome = try find("--disable_ensembling")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("3d_absent is no configuration of"))
        let text = try String(contentsOfFile: results + "/inference_instructions.txt", encoding: .utf8)
        let cascade = results + "/nnUNetTrainer__nnUNetPlans__3d_cascade_fullres/crossval_results_folds_0_1"
        #expect(
            text == """
                ***Run inference like this:***

                nnUNetv2_predict -d Dataset009_Rows -i INPUT_FOLDER -o OUTPUT_FOLDER_PREV_STAGE -f  0 1 -tr nnUNetTrainer -c 3d_lowres -p nnUNetPlans
                nnUNetv2_predict -d Dataset009_Rows -i INPUT_FOLDER -o OUTPUT_FOLDER -f  0 1 -tr nnUNetTrainer -c 3d_cascade_fullres \
                -p nnUNetPlans -prev_stage_predictions OUTPUT_FOLDER_PREV_STAGE

                ***Once inference is completed, run postprocessing like this:***

                nnUNetv2_apply_postprocessing -i OUTPUT_FOLDER -o OUTPUT_FOLDER_PP -pp_pkl_file \(cascade)/postprocessing.pkl -np 8 \
                -plans_json \(cascade)/plans.json

                """)
        let information = try OrderedJSON(contentsOf: results + "/inference_information.json")
        #expect(information["best_model_or_ensemble"]?["result_on_crossval_post_pp"] == 1.0)
        #expect(information["ensembling_allowed"] == false)
    }

    @Test func `probabilities that an ensemble needs are missed before anything is written`() throws {
        let outcome = try find()
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("nnUNetTrainer__nnUNetPlans__2d/fold_0/validation: no file ends with .npz"))
        #expect(outcome.errors.contains("--disable_ensembling"))
        #expect(try names(results) == ["nnUNetTrainer__nnUNetPlans__2d", "nnUNetTrainer__nnUNetPlans__3d_cascade_fullres"])
        #expect(try names(results + "/nnUNetTrainer__nnUNetPlans__2d") == ["dataset.json", "fold_0", "fold_1", "plans.json"])
    }

    @Test func `merged label maps stay when told so`() throws {
        let first = try find("--disable_ensembling")
        #expect(first.status == 0, "\(first.errors)")
        let merged = results + "/nnUNetTrainer__nnUNetPlans__2d/crossval_results_folds_0_1"
        for name in ["case_0.nii.gz", "case_1.nii.gz"] { try write(truth, to: merged + "/" + name) }
        try FileManager.default.removeItem(atPath: merged + "/summary.json")
        let outcome = try find("--disable_ensembling", "--no_overwrite")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("nnUNetTrainer__nnUNetPlans__2d: mean Dice 1.0\n"))
        #expect(outcome.output.contains("best: nnUNetTrainer__nnUNetPlans__2d\n"))
        #expect(try find("--disable_ensembling").output.contains("best: nnUNetTrainer__nnUNetPlans__3d_cascade_fullres\n"))
    }

    @Test(
        .enabled(if: SharedReference.isAvailable, "needs ../shared"),
        arguments: [
            "accumulate", "accumulate_elsewhere", "best_ensemble", "best_single",
        ]) func `leaves what upstream leaves, but for a deleted folder's name`(name: String) throws
    {
        let work = try TemporaryFolder()
        let run = try UpstreamRun.named(name)
        try run.prepare(in: work.path)
        let outcome = try run.run(in: work.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        try run.expectFiles(in: work.path, replacing: ["/temp/keep_largest_fg/": "/", "/temp/keep_largest_perClassOrRegion/": "/"])
    }

    @Test(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
    func `names the fold that upstream misses, and leaves nothing`() throws {
        let work = try TemporaryFolder()
        let run = try UpstreamRun.named("accumulate_missing_fold")
        try run.prepare(in: work.path)
        run.expectFailure(try run.run(in: work.path), status: 66)
        #expect(
            try names(work.file("results/Dataset611_Both/nnUNetTrainer__nnUNetPlans__2d")).contains { $0.hasPrefix("crossval") } == false)
    }
}
