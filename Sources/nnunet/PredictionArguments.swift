import ArgumentParser
import CasePrediction
import Tensors
import TrainedModels

/// The options that `predict` and `predict_from_modelfolder` share, spelled as nnU-Net spells them.
struct PredictionArguments: ParsableArguments {
    @Option(name: .customShort("i"), help: "Input folder: NIfTI files in nnU-Net naming, or DICOM series, one case for each sub-folder.")
    var input: String

    @Option(name: .customShort("o"), help: "Output folder; made when it is not there.")
    var output: String

    @Option(name: .customShort("f"), parsing: .upToNextOption, help: "Folds: numbers or all.")
    var folds: [String] = ["0", "1", "2", "3", "4"]

    @Option(name: .customLong("step_size", withSingleDash: true), help: "Distance of tiles as a fraction of the patch, above 0 to 1.")
    var stepSize = 0.5

    @Flag(name: .customLong("disable_tta"), help: "No mirroring: up to eight times faster, less accurate.")
    var disablesMirroring = false

    @Option(
        name: .customLong("fast"), parsing: .upToNextOption,
        help: "Trade accuracy for time: steps (tiles \(Shortcut.longStep) of a patch apart), mirroring (none), folds (the first one alone)."
    )
    var shortcuts: [Shortcut] = []

    @Flag(name: .customLong("verbose"), help: "Say what each step took.")
    var isVerbose = false

    @Flag(name: .customLong("save_probabilities"), help: "Also write class probabilities (.npz) and properties (.pkl), for ensembles.")
    var savesProbabilities = false

    @Flag(
        name: [.customLong("continue_prediction"), .customLong("c")],
        help: "Skip cases whose results are there and read back whole.")
    var continuesPrediction = false

    @Option(name: .customLong("chk", withSingleDash: true), help: "The checkpoint's file name in each fold.")
    var checkpoint = "checkpoint_final.pth"

    @Option(
        name: .customLong("npp", withSingleDash: true),
        help: "0, with -nps 0, does one case after the other; otherwise one is read while another is computed. (default: nnUNet_npp or 3)")
    var preprocessingWorkers: Int?

    @Option(
        name: .customLong("nps", withSingleDash: true), help: "As -npp, for writing results. (default: nnUNet_nps or 3)")
    var exportWorkers: Int?

    @Option(
        name: .customLong("prev_stage_predictions", withSingleDash: true),
        help: "Folder of the previous stage's predictions, for the second stage of a cascade.")
    var previousStagePredictions: String?

    @Option(
        name: .customLong("device", withSingleDash: true),
        help: "cpu. Scripts' cuda, cuda:N and mps are taken, too, and computed on the CPU, since nothing else is there.")
    var device = "cpu"

    @Flag(name: .customLong("disable_progress_bar"), help: "No progress bars, for log files.")
    var disablesProgressBar = false

    @Flag(name: .customLong("not_on_device"), help: "Accepted for compatibility; only means something on a GPU.")
    var isNotOnDevice = false

    @Option(
        name: .customLong("nan"),
        help: "Voxels that are NaN or infinite: refuse the case, or zero: count them as 0, as ITK does. (default: refuse)",
        transform: Self.nonFiniteVoxels)
    var nonFiniteVoxels = NonFiniteVoxels.refuse

    @Option(name: .customLong("threads"), help: "Threads to compute with. (default: all processors this process may use)")
    var threads: Int?

    @Option(
        name: .customLong("modalities"), parsing: .upToNextOption,
        help: "DICOM modalities to take, CT or MR. (default: the one that the model's channel is named after, else both)")
    var modalities: [String] = []

    @Option(
        name: .customLong("min_slices"),
        help: "Slices a DICOM series must have to be a case. (default: 2, and not few beside a much longer series)")
    var minimumSlices: Int?

    mutating func validate() throws {
        if shortcuts.contains(.steps), stepSize != 0.5 { throw ValidationError("--fast steps and -step_size \(stepSize): say one of them") }
        try Self.check(minimumSlices: minimumSlices)
        guard stepSize > 0, stepSize <= 1 else { throw ValidationError("-step_size must be above 0 and at most 1, not \(stepSize)") }
        try Self.check(device: device)
        try Self.check(threads: threads)
        _ = try foldNames()
        if let other = modalities.first(where: { !DICOMModalities.readable.contains($0.uppercased()) }) {
            throw ValidationError("--modalities takes \(DICOMModalities.readable.joined(separator: " and ")), not '\(other)'")
        }
    }

    /// The folds in the order given.
    func foldNames() throws -> [FoldName] {
        let names = try folds.map { text in
            guard let fold = FoldName(text) else { throw ValidationError("-f takes numbers or all, not '\(text)'") }
            return fold
        }
        return shortcuts.contains(.folds) ? Array(names.prefix(1)) : names
    }

    /// The prediction's options.
    var options: PredictionOptions {
        var options = PredictionOptions()
        options.stepSize = shortcuts.contains(.steps) ? Shortcut.longStep : stepSize
        options.useMirroring = !disablesMirroring && !shortcuts.contains(.mirroring)
        options.keepsProbabilities = savesProbabilities
        options.modalities = modalities.isEmpty ? nil : modalities.map { $0.uppercased() }
        options.nonFiniteVoxels = nonFiniteVoxels
        return options
    }

    /// The words of these options, for abbreviations.
    static let words = [
        "-step_size", "--disable_tta", "--verbose", "--save_probabilities", "--continue_prediction", "-chk", "-npp", "-nps",
        "-prev_stage_predictions", "-device", "--disable_progress_bar", "--not_on_device", "--nan", "--threads", "--modalities",
        "--min_slices", "--fast", "--help",
    ]

    /// Reads `--nan`.
    private static func nonFiniteVoxels(_ text: String) throws -> NonFiniteVoxels {
        guard let choice = NonFiniteVoxels(rawValue: text) else { throw ValidationError("--nan takes refuse or zero, not '\(text)'") }
        return choice
    }

    /// What is to be said about a device that is not there; nil for the CPU.
    var deviceNotice: String? {
        device == "cpu" ? nil : "-device \(device): there is no such device for this program; it computes on the CPU"
    }

    /// Refuses what is no device of nnU-Net's.
    static func check(device: String) throws {
        let isNumbered = device.hasPrefix("cuda:") && UInt(device.dropFirst("cuda:".count)) != nil
        guard ["cpu", "cuda", "mps"].contains(device) || isNumbered else {
            throw ValidationError("-device takes cpu, cuda or mps, not '\(device)'")
        }
    }

    /// Refuses senseless thread counts.
    static func check(threads: Int?) throws {
        guard let threads else { return }
        guard (1...1024).contains(threads) else { throw ValidationError("--threads takes 1 to 1024, not \(threads)") }
    }

    /// Refuses senseless numbers of slices.
    static func check(minimumSlices: Int?) throws {
        guard let minimumSlices else { return }
        guard (1...100_000).contains(minimumSlices) else {
            throw ValidationError("--min_slices takes 1 to 100000, not \(minimumSlices)")
        }
    }
}

extension Shortcut: ExpressibleByArgument {}
