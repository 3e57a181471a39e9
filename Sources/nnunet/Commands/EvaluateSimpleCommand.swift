import ArgumentParser
import CasePrediction
import Evaluation
import Foundation
import Tensors

/// `nnUNetv2_evaluate_simple`
struct EvaluateSimpleCommand: NnUNetCommand {
    static let ownName = "evaluate_simple"
    static let optionWords = ["-il", "-np", "--chill", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Measure the overlap of predictions and references, by labels that are named here.",
        discussion: """
            Writes the same summary.json as evaluate_folder. The folders hold .nii.gz files, or else .nii.

            Differs from nnU-Net: other files in the folder of references, such as a dataset.json, don't matter; otherwise as \
            evaluate_folder.

            EXAMPLES
              \(prompt) labelsTs masks -l 1 2
              \(prompt) labelsTs masks -l 1 2 3 -il 4 -o summary.json
            """,
        version: ProgramName.version)

    @Argument(help: "Folder of reference segmentations.")
    var reference: String

    @Argument(help: "Folder of predicted segmentations.")
    var prediction: String

    @Option(name: .customShort("l"), parsing: .upToNextOption, help: "The labels.")
    var labels: [Int]

    @Option(name: .customLong("il", withSingleDash: true), help: "Label of voxels that are left out.")
    var ignoredLabel: Int?

    @Option(name: .customShort("o"), help: "The summary. (default: summary.json in the folder of predictions)")
    var output: String?

    @Option(name: .customLong("np", withSingleDash: true), help: "Accepted for compatibility: one process uses all threads.")
    var workers: Int?

    @Flag(name: .customLong("chill"), help: "Pass over references without a prediction.")
    var acceptsMissing = false

    func validate() throws {
        guard !labels.isEmpty else { throw ValidationError("-l needs at least one label") }
        guard Set(labels).count == labels.count else { throw ValidationError("-l names a label twice") }
        for label in labels + [ignoredLabel].compactMap(\.self) where !(0...65535).contains(label) {
            throw ValidationError("labels are whole numbers from 0 to 65535, not \(label)")
        }
    }

    func run() throws {
        let output = try FolderEvaluation.output(self.output, prediction: prediction)
        try InputPlace.requireFolder(reference, option: "the references")
        let isCompressed = try !CaseGrouping.masks(in: reference, fileEnding: ".nii.gz").names.isEmpty
        let ending = isCompressed ? ".nii.gz" : ".nii"
        let evaluation = FolderEvaluation(
            reference: reference, prediction: prediction, fileEnding: ending, reader: try detectedReaderWriter(fileEnding: ending),
            items: labels.map { .init(key: String($0), values: [$0]) }, ignoredLabel: ignoredLabel)
        let names = try evaluation.names(acceptsMissing: acceptsMissing)
        try evaluation.write(evaluation.summary(of: names, team: ThreadTeam()), to: output)
    }
}
