import ArgumentParser
import CasePrediction

/// `nnUNetv2_predict_from_modelfolder`
struct PredictFromModelFolderCommand: NnUNetCommand {
    static let ownName = "predict_from_modelfolder"
    static let optionWords = PredictionArguments.words
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Predict the cases of a folder with the model in a folder.",
        discussion: """
            EXAMPLES
              \(prompt) -i cases -o masks -m model
              \(prompt) -i cases -o masks -m model -f 0 --disable_tta

            A model folder is called nnUNetTrainer__nnUNetPlans__3d_fullres or the like.
            """,
        version: ProgramName.version)

    @OptionGroup var prediction: PredictionArguments

    @Option(name: .customShort("m"), help: "Model folder: holds plans.json, dataset.json and fold_X.")
    var modelFolder: String

    func run() throws {
        var run = try PredictionRun(arguments: prediction, modelFolder: modelFolder)
        run.preprocessingWorkers = prediction.preprocessingWorkers ?? 3
        run.exportWorkers = prediction.exportWorkers ?? 3
        try run()
    }
}
