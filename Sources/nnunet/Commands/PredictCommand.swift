import ArgumentParser
import CasePrediction
import Foundation

/// `nnUNetv2_predict`
struct PredictCommand: NnUNetCommand {
    static let ownName = "predict"
    static let optionWords = PredictionArguments.words + ["-tr", "-num_parts", "-part_id"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Predict the cases of a folder with a model of nnUNet_results.",
        discussion: """
            EXAMPLES
              \(prompt) -i imagesTs -o masks -d 4 -c 3d_fullres
              \(prompt) -i dicom -o masks -d Dataset004_Hippocampus -c 2d -f 0 1 2
              \(prompt) -i imagesTs -o masks -d 4 -c 2d --save_probabilities
              \(prompt) -i imagesTs -o masks -d 501 -c 3d_cascade_fullres -f all \\
                -prev_stage_predictions lowres_masks
            """,
        version: ProgramName.version)

    @OptionGroup var prediction: PredictionArguments

    @Option(name: .customShort("d"), help: "Dataset: number or name.")
    var dataset: String

    @Option(name: .customShort("p"), help: "Plans.")
    var plans = "nnUNetPlans"

    @Option(name: .customLong("tr", withSingleDash: true), help: "Trainer.")
    var trainer = "nnUNetTrainer"

    @Option(name: .customShort("c"), help: "Configuration: 2d, 3d_fullres, 3d_lowres, 3d_cascade_fullres …")
    var networkConfiguration: String

    @Option(name: .customLong("num_parts", withSingleDash: true), help: "Share the cases among this many calls.")
    var partCount = 1

    @Option(name: .customLong("part_id", withSingleDash: true), help: "Which share this call takes, from 0.")
    var part = 0

    func validate() throws {
        guard partCount >= 1, (0..<partCount).contains(part) else {
            throw ValidationError("-part_id must be below -num_parts, and both not negative (got \(part) of \(partCount))")
        }
    }

    func run() throws {
        let folders = NnUNetFolders()
        let path = try folders.modelFolder(
            dataset: dataset, trainer: trainer, plans: plans, configuration: networkConfiguration,
            alternative: " or use predict_from_modelfolder")
        let workers = { (given: Int?, variable: String) in given ?? folders.environment[variable].flatMap(Int.init) ?? 3 }
        var run = try PredictionRun(arguments: prediction, modelFolder: path)
        run.preprocessingWorkers = workers(prediction.preprocessingWorkers, "nnUNet_npp")
        run.exportWorkers = workers(prediction.exportWorkers, "nnUNet_nps")
        // With no workers upstream predicts one case after the other and does not look at the parts.
        if run.preprocessingWorkers == 0, run.exportWorkers == 0 {
            run.isSequential = true
        } else {
            run.partCount = partCount
            run.part = part
        }
        try run()
    }
}
