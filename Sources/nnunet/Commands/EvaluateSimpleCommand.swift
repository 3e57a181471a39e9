import ArgumentParser
import CasePrediction
import Evaluation

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

    @OptionGroup var folders: EvaluationArguments

    @Option(name: .customShort("l"), parsing: .upToNextOption, help: "The labels.")
    var labels: [Int]

    @Option(name: .customLong("il", withSingleDash: true), help: "Label of voxels that are left out.")
    var ignoredLabel: Int?

    func validate() throws {
        guard !labels.isEmpty else { throw ValidationError("-l needs at least one label") }
        guard Set(labels).count == labels.count else { throw ValidationError("-l names a label twice") }
        for label in labels + [ignoredLabel].compactMap(\.self) where !(0...65535).contains(label) {
            throw ValidationError("labels are whole numbers from 0 to 65535, not \(label)")
        }
    }

    func run() throws {
        try InputPlace.requireFolder(folders.reference, option: "the references")
        let isCompressed = try !CaseGrouping.masks(in: folders.reference, fileEnding: ".nii.gz").names.isEmpty
        let ending = isCompressed ? ".nii.gz" : ".nii"
        let evaluation = FolderEvaluation(
            arguments: folders, fileEnding: ending, reader: try detectedReaderWriter(fileEnding: ending),
            items: labels.map { .init(key: String($0), values: [$0]) }, ignoredLabel: ignoredLabel)
        try evaluation.run()
    }
}
