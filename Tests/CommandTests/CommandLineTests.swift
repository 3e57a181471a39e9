import Foundation
import TestSupport
import Testing

/// The argument table of nnU-Net's commands, and how the program ends.
struct `The command line` {
    static let commands = [
        "predict", "predict_from_modelfolder", "ensemble", "apply_postprocessing", "plot_overlay_pngs", "convert", "inspect", "phantom",
        "selftest", "benchmark",
    ]

    @Test(arguments: commands)
    func `explains every command with examples`(command: String) throws {
        let outcome = try Command.run([command, "--help"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("EXAMPLES\n  nnunet \(command)"))
        #expect(outcome.errors.isEmpty)
    }

    @Test func `documents its exit statuses`() throws {
        let help = try Command.run(["--help"]).output
        for status in [0, 64, 65, 66, 70, 73, 78, 130] { #expect(help.contains("\n  \(status)\t")) }
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
        ("plot_overlay_pngs", ["-d", "-o", "-np", "-channel_idx", "--use_raw", "-p", "-c", "-overlay_intensity"]),
    ])
    func `spells options as nnU-Net does`(command: String, options: [String]) throws {
        let help = try Command.run([command, "--help"]).output
        let words = Set(help.split { " ,\n[]".contains($0) }.map(String.init))
        for option in options { #expect(words.contains(option), "\(command) lacks \(option)") }
    }

    @Test(arguments: [
        ["predict"], ["predict_from_modelfolder", "-i", "a", "-o", "b"],
        ["predict_from_modelfolder", "-i", "a", "-o", "b", "-m", "m", "-device", "cuda"],
        ["predict_from_modelfolder", "-i", "a", "-o", "b", "-m", "m", "-f", "first"],
        ["predict_from_modelfolder", "-i", "a", "-o", "b", "-m", "m", "-step_size", "0"],
        ["predict_from_modelfolder", "-i", "a", "-o", "a", "-m", "m"],
        ["predict", "-i", "a", "-o", "b", "-d", "1", "-c", "2d", "-num_parts", "3", "-part_id", "3"],
        ["predict", "-i", "a", "-o", "b", "-d", "1", "-c", "2d", "-bogus"], ["nonsense"], ["phantom", "-o", "x", "-n", "0"],
        ["plot_overlay_pngs", "-d", "1", "-o", "x"],
    ])
    func `ends with 64 on a wrong command line and prints nothing to standard output`(arguments: [String]) throws {
        let outcome = try Command.run(arguments)
        #expect(outcome.status == 64)
        #expect(!outcome.errors.isEmpty)
        #expect(outcome.output.isEmpty)
    }

    @Test func `says why there is no GPU`() throws {
        let outcome = try Command.run(["predict_from_modelfolder", "-i", "a", "-o", "b", "-m", "m", "-device", "mps"])
        #expect(outcome.errors.contains("-device mps is not there: this program computes on the CPU only"))
    }

    @Test(arguments: [
        "nnUNetv2_predict", "nnUNetv2_predict_from_modelfolder", "nnUNetv2_ensemble", "nnUNetv2_apply_postprocessing",
        "nnUNetv2_plot_overlay_pngs",
    ])
    func `behaves as the command it is called by`(name: String) throws {
        let command = String(name.dropFirst("nnUNetv2_".count))
        let outcome = try Command.run(["--help"], as: name)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("USAGE: \(command) "))
    }

    @Test(arguments: ["--c", "--cont", "--continue_prediction"])
    func `takes abbreviations as argparse does`(option: String) throws {
        let outcome = try Command.run(
            ["-i", "none", "-o", "b", "-m", "none", "--disable_t", "-step", "0.7", option], as: "nnUNetv2_predict_from_modelfolder")
        #expect(outcome.status == 78)
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
