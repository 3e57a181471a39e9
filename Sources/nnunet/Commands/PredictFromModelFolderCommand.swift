import ArgumentParser
import CasePrediction
import TrainedModels

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
              \(prompt) -i cases -o masks -m model.zip

            A model folder is called nnUNetTrainer__nnUNetPlans__3d_fullres or the like. An archive that export_model_to_zip made \
            will do as well; where it holds several models, name one behind it: model.zip/nnUNetTrainer__nnUNetPlans__2d.
            """,
        version: ProgramName.version)

    @OptionGroup var prediction: PredictionArguments

    @Option(
        name: .customShort("m"),
        help: "Model folder: holds plans.json, dataset.json and fold_X; or an archive that export_model_to_zip made.")
    var modelFolder: String

    func run() throws {
        let display = ProgressDisplay(isEnabled: !prediction.disablesProgressBar)
        defer { display.clear() }
        let unpacked = try UnpackedModel(modelFolder, progress: display.unpacking)
        display.clear()
        defer { withExtendedLifetime(unpacked) {} }
        var run = try PredictionRun(arguments: prediction, modelFolder: unpacked?.path ?? modelFolder)
        run.preprocessingWorkers = prediction.preprocessingWorkers ?? 3
        run.exportWorkers = prediction.exportWorkers ?? 3
        try run()
    }
}
