import Foundation
import NIfTI
import TestSupport
import Testing

/// The table of exit statuses, and that one reason has one status in every command.
struct `The exit status` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: true)
    }

    /// Every command with a folder or file that is not there.
    static let missing: [[String]] = [
        ["predict_from_modelfolder", "-i", "none", "-o", "out", "-m", "model"],
        ["predict_from_modelfolder", "-i", "in", "-o", "out", "-m", "none"],
        ["predict_from_modelfolder", "-i", "in", "-o", "out", "-m", "model", "-prev_stage_predictions", "none"],
        ["predict", "-i", "in", "-o", "out", "-d", "1", "-c", "2d"],
        ["predict", "-i", "in", "-o", "out", "-d", "Dataset001_a", "-c", "2d"],
        ["ensemble", "-i", "none", "-o", "out"], ["ensemble", "-i", "in", "none", "-o", "out"],
        ["apply_postprocessing", "-i", "none", "-o", "out", "-pp_pkl_file", "file"],
        ["apply_postprocessing", "-i", "in", "-o", "out", "-pp_pkl_file", "none"],
        ["apply_postprocessing", "-i", "in", "-o", "out", "-pp_pkl_file", "file", "-plans_json", "none"],
        ["apply_postprocessing", "-i", "in", "-o", "out", "-pp_pkl_file", "file", "-dataset_json", "none"],
        ["evaluate_folder", "none", "in", "-djfile", "file", "-pfile", "file"],
        ["evaluate_folder", "in", "none", "-djfile", "file", "-pfile", "file"],
        ["evaluate_folder", "in", "in", "-djfile", "none", "-pfile", "file"],
        ["evaluate_folder", "in", "in", "-djfile", "file", "-pfile", "none"],
        ["determine_postprocessing", "-i", "none", "-ref", "in"], ["determine_postprocessing", "-i", "in", "-ref", "none"],
        ["determine_postprocessing", "-i", "in", "-ref", "in"],
        ["determine_postprocessing", "-i", "in", "-ref", "in", "-plans_json", "file"],
        ["accumulate_crossval_results", "1", "-c", "2d"], ["accumulate_crossval_results", "Dataset001_a", "-c", "2d"],
        ["find_best_configuration", "1"], ["find_best_configuration", "Dataset001_a"],
        ["evaluate_simple", "none", "in", "-l", "1"], ["evaluate_simple", "in", "none", "-l", "1"],
        ["plot_overlay_pngs", "-d", "1", "-o", "out", "--use_raw"], ["plot_overlay_pngs", "-d", "Dataset001_a", "-o", "out", "--use_raw"],
        ["export_model_to_zip", "-d", "1", "-o", "out"], ["export_model_to_zip", "-d", "Dataset001_a", "-o", "out"],
        ["install_pretrained_model_from_zip", "none"], ["convert", "-i", "none", "-o", "out"], ["convert", "-i", "file", "-o", "out"],
        ["inspect", "none"],
        ["selftest", "--fixtures", "none"], ["benchmark", "-m", "none"],
    ]

    @Test(arguments: missing) func `is 66 where something asked for is not there`(arguments: [String]) throws {
        try Data("x".utf8).write(to: URL(filePath: folder.file("file")))
        let places = ["none", "in", "out", "file"]
        let made = arguments.map { $0 == "model" ? PhantomModel.slices : places.contains($0) ? folder.file($0) : $0 }
        let outcome = try Command.run(made, environment: ["nnUNet_raw": folder.path, "nnUNet_results": folder.path])
        #expect(outcome.status == 66, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("nnunet: "))
        #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
    }

    @Test func `is 130 after Ctrl-C, and what was written before is whole`() throws {
        let input = folder.file("in")
        // More is said than its pipe holds: it can't have finished before the signal, however late that is.
        let name = String(repeating: "c", count: 200)
        for number in 0..<60 { try writeVolume(phantomSlices(), to: input + "/\(name)\(number)_0000.nii.gz") }
        let process = Process()
        process.executableURL = URL(filePath: Command.program)
        process.arguments = ["predict_from_modelfolder", "-i", input, "-o", folder.file("out"), "-m", PhantomModel.slices, "-f", "0"]
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
        // F_SETPIPE_SZ, which the C library declares for GNU's sources only.
        #expect(fcntl(output.fileHandleForReading.fileDescriptor, 1031, 4096) == 4096)
        try process.run()
        var said = ""
        while !said.contains("done in"), let more = try output.fileHandleForReading.read(upToCount: 1 << 10), !more.isEmpty {
            said += String(decoding: more, as: UTF8.self)
        }
        process.interrupt()
        _ = try output.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("out"))
        #expect(!names.contains { $0.hasPrefix(".") })
        #expect(names.filter { $0.hasSuffix(".nii.gz") }.count < 60)
        for name in names where name.hasSuffix(".nii.gz") { _ = try readLabels(path: folder.file("out/") + name).arraySpacing }
    }

    @Test(arguments: ["cuda", "cuda:0", "mps"]) func `is 0 with a device that is not there, of which it warns`(device: String) throws {
        try writeVolume(phantomSlices(), to: folder.file("in/a_0000.nii.gz"))
        let outcome = try Command.run([
            "predict_from_modelfolder", "-i", folder.file("in"), "-o", folder.file("out"), "-m", PhantomModel.slices, "-f", "0",
            "--disable_tta", "-device", device,
        ])
        #expect(outcome.status == 0)
        #expect(outcome.errors.hasPrefix("nnunet: warning: -device \(device): there is no such device"))
        #expect(outcome.output.contains("a: done in"))
    }
}
