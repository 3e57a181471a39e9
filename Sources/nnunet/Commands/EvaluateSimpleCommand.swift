import ArgumentParser
import CasePrediction
import ImageFiles
import Plans
import Tensors

/// `nnUNetv2_evaluate_simple`
struct EvaluateSimpleCommand: NnUNetCommand {
    static let ownName = "evaluate_simple"
    static let optionWords = ["-il"] + EvaluationArguments.words
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Compare predicted label maps with true ones for labels that are named, without plans and dataset.",
        discussion: """
            Writes nnU-Net's summary.json: every case, the mean of each label, and the mean of these but for label 0.

            differs from nnU-Net: the file ending is that of the reference folder's first image, so that a dataset.json beside the images does \
            no harm; every file that is unusable is named, and no summary is written then.

            \(EvaluationArguments.surfaceHelp)

            EXAMPLES
              \(prompt) labelsTs masks -l 1 2 3
              \(prompt) labelsTs masks -l 1 2 -il 3 -o summary.json --chill
              \(prompt) labelsTs masks -l 1 2 3 --surface_distances
            """,
        version: ProgramName.version)

    @OptionGroup var evaluation: EvaluationArguments

    @Option(name: .customShort("l"), parsing: .upToNextOption, help: "Labels to judge, from 0 to 65535.")
    var labels: [Int]

    @Option(name: .customLong("il", withSingleDash: true), help: "Voxels with this reference label are left out.")
    var ignored: Int?

    func validate() throws {
        guard !labels.isEmpty else { throw ValidationError("-l needs at least one label") }
        for label in labels + [ignored].compactMap(\.self) where !(0...Int(UInt16.max)).contains(label) {
            throw ValidationError("a label is a number from 0 to 65535, not \(label)")
        }
    }

    func run() throws {
        try evaluation.requireFolders()
        let files = try CaseGrouping.fileNames(in: evaluation.reference)
        let endings = ReaderWriter.allCases.flatMap(\.fileEndings)
        guard let ending = files.lazy.compactMap({ name in endings.first { name.hasSuffix($0) } }).first else {
            throw Failure(.missing, "\(evaluation.reference): no file has the ending of an image, such as .nii.gz")
        }
        let names = try evaluation.pairedNames(fileEnding: ending)
        let example = joinedPath(evaluation.reference, names[0])
        let reader =
            ReaderWriter.detected(fileEnding: ending, example: example)
            ?? .detected(fileEnding: ending, example: example, acceptsOtherEndings: true) ?? .simpleITK
        var judged: [DatasetDescription.LabelValue] = []
        for label in labels where !judged.contains(.label(label)) { judged.append(.label(label)) }
        try evaluation.evaluate(
            FolderEvaluation(
                reference: evaluation.reference, prediction: evaluation.prediction, names: names,
                reader: reader, judged: judged, ignored: ignored, surfaceTolerance: evaluation.surfaceTolerance, team: ThreadTeam()))
    }
}
