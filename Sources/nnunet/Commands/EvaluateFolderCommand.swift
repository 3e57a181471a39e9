import ArgumentParser
import CasePrediction
import Evaluation
import Plans
import Tensors

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

    @Argument(help: "Folder of reference segmentations.")
    var reference: String

    @Argument(help: "Folder of predicted segmentations.")
    var prediction: String

    @Option(name: .customLong("djfile", withSingleDash: true), help: "dataset.json.")
    var datasetPath: String

    @Option(name: .customLong("pfile", withSingleDash: true), help: "plans.json; nnU-Net's only label manager is read from it.")
    var plansPath: String

    @Option(name: .customShort("o"), help: "The summary. (default: summary.json in the folder of predictions)")
    var output: String?

    @Option(name: .customLong("np", withSingleDash: true), help: "Accepted for compatibility: one process uses all threads.")
    var workers: Int?

    @Flag(name: .customLong("chill"), help: "Pass over references without a prediction.")
    var acceptsMissing = false

    func run() throws {
        let output = try FolderEvaluation.output(self.output, prediction: prediction)
        try InputPlace.requireFile(datasetPath, option: "-djfile")
        try InputPlace.requireFile(plansPath, option: "-pfile")
        _ = try Plans(contentsOf: plansPath)
        let dataset = try DatasetDescription(contentsOf: datasetPath)
        let labels = try LabelScheme(dataset, path: datasetPath)
        let values = labels.hasRegions ? labels.foregroundRegions : labels.foregroundLabels.map { [$0] }
        let evaluation = FolderEvaluation(
            reference: reference, prediction: prediction, fileEnding: dataset.fileEnding, reader: try detectedReaderWriter(for: dataset),
            items: zip(labels.reportKeys, values).map { .init(key: $0, values: $1) }, ignoredLabel: labels.ignoreLabel)
        let names = try evaluation.names(acceptsMissing: acceptsMissing)
        try evaluation.write(evaluation.summary(of: names, team: ThreadTeam()), to: output)
    }
}
