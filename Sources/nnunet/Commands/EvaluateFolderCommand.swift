import ArgumentParser
import CasePrediction
import Evaluation
import Plans

/// `nnUNetv2_evaluate_folder`
struct EvaluateFolderCommand: NnUNetCommand {
    static let ownName = "evaluate_folder"
    static let optionWords = ["-djfile", "-pfile", "-np", "--chill", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Measure the overlap of predictions and references, by the labels or regions of a dataset.",
        discussion: """
            Writes nnU-Net's summary.json: Dice, intersection over union and voxel counts for each case and label, and their means.

            Differs from nnU-Net: a prediction without a reference, maps of different size and an empty folder are named; the \
            summary is written when every case could be judged.

            EXAMPLES
              \(prompt) labelsTs masks -djfile dataset.json -pfile plans.json
              \(prompt) labelsTs masks -djfile dataset.json -pfile plans.json -o summary.json --chill
            """,
        version: ProgramName.version)

    @OptionGroup var folders: EvaluationArguments

    @Option(name: .customLong("djfile", withSingleDash: true), help: "dataset.json.")
    var datasetPath: String

    @Option(name: .customLong("pfile", withSingleDash: true), help: "plans.json; nnU-Net's only label manager is read from it.")
    var plansPath: String

    func run() throws {
        try InputPlace.requireFile(datasetPath, option: "-djfile")
        try InputPlace.requireFile(plansPath, option: "-pfile")
        _ = try Plans(contentsOf: plansPath)
        let dataset = try DatasetDescription(contentsOf: datasetPath)
        let labels = try LabelScheme(dataset, path: datasetPath)
        let values = labels.hasRegions ? labels.foregroundRegions : labels.foregroundLabels.map { [$0] }
        let evaluation = FolderEvaluation(
            arguments: folders, fileEnding: dataset.fileEnding, reader: try detectedReaderWriter(for: dataset),
            items: zip(labels.reportKeys, values).map { .init(key: $0, values: $1) }, ignoredLabel: labels.ignoreLabel)
        try evaluation.run()
    }
}
