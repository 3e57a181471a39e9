import ArgumentParser
import CasePrediction
import Plans
import Tensors

/// `nnUNetv2_evaluate_folder`
struct EvaluateFolderCommand: NnUNetCommand {
    static let ownName = "evaluate_folder"
    static let optionWords = ["-djfile", "-pfile"] + EvaluationArguments.words
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Compare predicted label maps with true ones: Dice and voxels of every label or region.",
        discussion: """
            Writes nnU-Net's summary.json: every case, the mean of each label or region, and the mean of these.

            differs from nnU-Net: every file that is unusable is named, not the first alone, and no summary is written then; a prediction \
            without a reference is named; voxels that are no label values from 0 to 65535 make a file unusable.

            \(EvaluationArguments.surfaceHelp)

            EXAMPLES
              \(prompt) labelsTs masks -djfile masks/dataset.json -pfile masks/plans.json
              \(prompt) labelsTr masks -djfile dataset.json -pfile plans.json \\
                -o summary.json --chill
              \(prompt) labelsTs masks -djfile masks/dataset.json -pfile masks/plans.json \\
                --surface_distances --tolerance 2
            """,
        version: ProgramName.version)

    @OptionGroup var evaluation: EvaluationArguments

    @Option(name: .customLong("djfile", withSingleDash: true), help: "The dataset.json that says which labels or regions there are.")
    var datasetPath: String

    @Option(name: .customLong("pfile", withSingleDash: true), help: "The plans.json of the model.")
    var plansPath: String

    func run() throws {
        try evaluation.requireFolders()
        try InputPlace.requireFile(datasetPath, option: "-djfile")
        try InputPlace.requireFile(plansPath, option: "-pfile")
        // Only their label manager counts, and there is but one.
        _ = try Plans(contentsOf: plansPath)
        let dataset = try DatasetDescription(contentsOf: datasetPath, needsChannels: false)
        let labels = try LabelScheme(dataset, path: datasetPath)
        let names = try evaluation.pairedNames(fileEnding: dataset.fileEnding)
        try evaluation.evaluate(
            FolderEvaluation(
                reference: evaluation.reference, prediction: evaluation.prediction, names: names,
                reader: try readerWriter(for: dataset, example: joinedPath(evaluation.reference, names[0])),
                judged: labels.foreground, ignored: labels.ignoreLabel, surfaceTolerance: evaluation.surfaceTolerance,
                team: ThreadTeam()), apartFrom: [datasetPath, plansPath])
    }
}
