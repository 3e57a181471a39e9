import Foundation
import TestSupport
import Testing

/// The argument table of nnU-Net's commands, and how the program ends.
struct `The command line` {
    /// The commands that nnU-Net has too.
    static let upstream = [
        "predict", "predict_from_modelfolder", "ensemble", "apply_postprocessing", "evaluate_folder", "evaluate_simple",
        "determine_postprocessing", "accumulate_crossval_results", "find_best_configuration", "plot_overlay_pngs",
        "export_model_to_zip", "install_pretrained_model_from_zip", "move_plans_between_datasets",
        "download_pretrained_model_by_url", "convert_MSD_dataset", "convert_old_nnUNet_dataset", "extract_fingerprint",
        "plan_experiment",
    ]
    static let commands = upstream + ["convert", "inspect", "phantom", "selftest", "benchmark"]

    @Test(arguments: commands)
    func `explains every command with examples`(command: String) throws {
        let outcome = try Command.run([command, "--help"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("EXAMPLES\n  nnunet \(command)"))
        #expect(outcome.errors.isEmpty)
    }

    @Test func `documents its exit statuses`() throws {
        let help = try Command.run(["--help"]).output
        for status in [0, 64, 65, 66, 69, 70, 73, 78, 130] { #expect(help.contains("\n  \(status)\t")) }
    }

    @Test(arguments: [
        (
            "predict",
            [
                "-i", "-o", "-d", "-p", "-tr", "-c", "-f", "-step_size", "--disable_tta", "--verbose", "--save_probabilities",
                "--continue_prediction", "--c", "-chk", "-npp", "-nps", "-prev_stage_predictions", "-num_parts", "-part_id", "-device",
                "--disable_progress_bar", "--not_on_device",
            ]
        ),
        (
            "predict_from_modelfolder",
            [
                "-i", "-o", "-m", "-f", "-step_size", "--disable_tta", "--verbose", "--save_probabilities", "--continue_prediction",
                "--c", "-chk", "-npp", "-nps", "-prev_stage_predictions", "-device", "--disable_progress_bar", "--not_on_device",
            ]
        ),
        ("ensemble", ["-i", "-o", "-np", "--save_npz"]),
        ("apply_postprocessing", ["-i", "-o", "-pp_pkl_file", "-np", "-plans_json", "-dataset_json"]),
        ("export_model_to_zip", ["-d", "-o", "-c", "-tr", "-p", "-f", "-chk", "--exp_cv_preds", "--not_strict"]),
        ("move_plans_between_datasets", ["-s", "-t", "-sp", "-tp"]),
        ("download_pretrained_model_by_url", ["<url>"]),
        ("convert_MSD_dataset", ["-i", "-overwrite_id", "-np"]),
        ("convert_old_nnUNet_dataset", ["<input_folder>", "<output_dataset_name>"]),
        ("evaluate_folder", ["<gt_folder>", "<pred_folder>", "-djfile", "-pfile", "-o", "-np", "--chill"]),
        ("evaluate_simple", ["<gt_folder>", "<pred_folder>", "-l", "-il", "-o", "-np", "--chill"]),
        (
            "determine_postprocessing", ["-i", "-ref", "-plans_json", "-dataset_json", "-np", "--remove_postprocessed"]
        ),
        ("accumulate_crossval_results", ["<dataset_name_or_id>", "-c", "-o", "-f", "-p", "-tr"]),
        (
            "find_best_configuration",
            ["<dataset_name_or_id>", "-p", "-c", "-tr", "-np", "-f", "--disable_ensembling", "--no_overwrite"]
        ),
        ("plot_overlay_pngs", ["-d", "-o", "-np", "-channel_idx", "--use_raw", "-p", "-c", "-overlay_intensity"]),
    ])
    func `spells options as nnU-Net does`(command: String, options: [String]) throws {
        let help = try Command.run([command, "--help"]).output
        let words = Set(help.split { " ,\n[]".contains($0) }.map(String.init))
        for option in options { #expect(words.contains(option), "\(command) lacks \(option)") }
    }

    @Test(arguments: [
        ["predict"], ["predict_from_modelfolder", "-i", "a", "-o", "b"],
        ["predict_from_modelfolder", "-i", "a", "-o", "b", "-m", "m", "-device", "tpu"],
        ["predict_from_modelfolder", "-i", "a", "-o", "b", "-m", "m", "-f", "first"],
        ["predict_from_modelfolder", "-i", "a", "-o", "b", "-m", "m", "-step_size", "0"],
        ["predict_from_modelfolder", "-i", "a", "-o", "a", "-m", "m"],
        ["predict", "-i", "a", "-o", "b", "-d", "1", "-c", "2d", "-num_parts", "3", "-part_id", "3"],
        ["predict", "-i", "a", "-o", "b", "-d", "1", "-c", "2d", "-bogus"], ["nonsense"], ["phantom", "-o", "x", "-n", "0"],
        ["plot_overlay_pngs", "-d", "1", "-o", "x"], ["install_pretrained_model_from_zip"],
        ["export_model_to_zip", "-d", "1", "-o", "x", "-f", "first"], ["export_model_to_zip", "-d", "1", "-o", "x", "-tr", "../y"],
        ["plot_overlay_pngs", "-d", "1", "-o", "x"], ["evaluate_simple", "a", "b"], ["evaluate_simple", "a", "b", "-l", "liver"],
        ["evaluate_simple", "a", "b", "-l", "70000"],
        ["evaluate_simple", "a", "b", "-l", "1", "--tolerance", "2"],
        ["evaluate_simple", "a", "b", "-l", "1", "--surface_distances", "--tolerance", "-1"],
        ["evaluate_simple", "a", "b", "-l", "1", "-o", "summary.txt"],
        ["evaluate_folder", "a", "-djfile", "d", "-pfile", "p"], ["determine_postprocessing", "-i", "a"],
        ["accumulate_crossval_results", "4"], ["accumulate_crossval_results", "4", "-c", "2d", "-f", "all"],
        ["download_pretrained_model_by_url"], ["download_pretrained_model_by_url", "ftp://example.org/model.zip"],
        ["download_pretrained_model_by_url", "http://example.org/model.zip", "--sha256", "abc"],
        ["convert_MSD_dataset"], ["convert_MSD_dataset", "-i", "Task05_Prostate", "-overwrite_id", "1000"],
        ["convert_old_nnUNet_dataset", "Task021_Nodes"], ["convert_old_nnUNet_dataset", "Task021_Nodes", "Nodes"],
        ["convert_old_nnUNet_dataset", "Task021_Nodes", "Dataset021_a/b"],
        ["find_best_configuration", "4", "-f", "1", "1"], ["find_best_configuration", "liver"],
    ])
    func `ends with 64 on a wrong command line and prints nothing to standard output`(arguments: [String]) throws {
        let outcome = try Command.run(arguments)
        #expect(outcome.status == 64)
        #expect(!outcome.errors.isEmpty)
        #expect(outcome.output.isEmpty)
    }

    static let links = upstream.map { "nnUNetv2_" + $0 }

    @Test(arguments: links)
    func `speaks under the name of the command it is called by`(name: String) throws {
        let help = try Command.run(["--help"], as: name)
        #expect(help.status == 0)
        #expect(help.output.contains("USAGE: \(name) "))
        #expect(help.output.contains("EXAMPLES\n  \(name) "))
        #expect(!help.output.contains("nnunet "))
        let version = try Command.run(["--version"], as: name)
        #expect(version.status == 0)
        #expect(version.output == (try Command.run(["--version"]).output))
        let wrong = try Command.run(["-bogus"], as: name)
        #expect(wrong.status == 64)
        #expect(wrong.errors.contains("Usage: \(name) ") && wrong.errors.contains("'\(name) --help'"), "\(wrong.errors)")
    }

    @Test func `reports errors under the name it is called by`() throws {
        let arguments = ["-i", "none", "-o", "b", "-m", "none"]
        let linked = try Command.run(arguments, as: "nnUNetv2_predict_from_modelfolder")
        #expect(linked.errors.hasPrefix("nnUNetv2_predict_from_modelfolder: none: "))
        #expect(try Command.run(["predict_from_modelfolder"] + arguments).errors.hasPrefix("nnunet: none: "))
    }

    @Test(arguments: [
        ("predct", "did you mean 'predict'?"), ("inpsect", "did you mean 'inspect'?"), ("self-test", "did you mean 'selftest'?"),
        ("predict_from_model", "did you mean 'predict_from_modelfolder'?"), ("Predict", "did you mean 'predict'?"),
        ("nnUNetv2_predict", "did you mean 'nnunet predict'?"), ("nnUNetv2_ensembel", "did you mean 'ensemble'?"),
        ("plan_and_preprocess", "is a command of nnU-Net's that this program does not have; run nnUNetv2_plan_and_preprocess"),
        ("nnUNetv2_train", "is a command of nnU-Net's that this program does not have; run nnUNetv2_train"),
        ("convert_msd_dataset", "did you mean 'convert_MSD_dataset'?"), ("export_model", "did you mean 'export_model_to_zip'?"),
        ("xyzzy", "'nnunet --help' lists the commands"),
    ])
    func `says which command may be meant`(name: String, answer: String) throws {
        let outcome = try Command.run([name, "-i", "a"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.hasPrefix("nnunet: ") && outcome.errors.contains(answer), "\(outcome.errors)")
    }

    @Test func `says that a link to a command it lacks is none of its own`() throws {
        let outcome = try Command.run(["-d", "4"], as: "nnUNetv2_train")
        #expect(outcome.status == 64)
        #expect(outcome.errors.hasPrefix("nnUNetv2_train: 'train' is a command of nnU-Net's that this program does not have"))
    }

    @Test(arguments: ["--c", "--cont", "--continue_prediction"])
    func `takes abbreviations as argparse does`(option: String) throws {
        let outcome = try Command.run(
            ["-i", "none", "-o", "b", "-m", "none", "--disable_t", "-step", "0.7", option], as: "nnUNetv2_predict_from_modelfolder")
        #expect(outcome.status == 66)
    }

    @Test func `has every command of nnU-Net's in the documentation's table, and every one that is there in the README`() throws {
        func text(_ name: String) throws -> String { try String(contentsOf: Checkout.root.appending(path: name), encoding: .utf8) }
        let (page, readme, makefile) = (try text("Sources/nnunet/nnunet.docc/nnunet.md"), try text("README.md"), try text("Makefile"))
        let missing = ["preprocess", "plan_and_preprocess", "train"]
        for command in Self.upstream + missing { #expect(page.contains("\n| `\(command)` | "), "\(command)") }
        for command in Self.upstream {
            #expect(readme.contains(" \(command)`") || readme.contains("`\(command)`"), "\(command)")
            #expect(makefile.contains(command), "\(command)")
        }
        let help = try Command.run(["--help"]).output
        for command in missing { #expect(!help.contains("  \(command) "), "\(command) is there and called missing") }
    }

    @Test func `looks datasets up by prefix and refuses an ambiguous number`() throws {
        let folder = try TemporaryFolder()
        for name in ["Dataset100_a", "Dataset1000_b", "Dataset004_Hippocampus"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
        let environment = ["nnUNet_results": folder.path]
        func predict(_ dataset: String) throws -> Command.Outcome {
            try Command.run(["predict", "-i", "a", "-o", "b", "-d", dataset, "-c", "2d"], environment: environment)
        }
        let ambiguous = try predict("100")
        #expect(ambiguous.status == 64)
        #expect(ambiguous.errors.contains("Dataset1000_b, Dataset100_a"))
        let found = try predict("4")
        #expect(found.status == 66)
        #expect(found.errors.contains("Dataset004_Hippocampus/nnUNetTrainer__nnUNetPlans__2d"))
        #expect(try predict("7").errors.contains("Dataset007"))
        let unset = try Command.run(["predict", "-i", "a", "-o", "b", "-d", "4", "-c", "2d"])
        #expect(unset.status == 66)
        #expect(unset.errors.contains("nnUNet_results"))
    }
}
