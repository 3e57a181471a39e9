import ArgumentParser
import CasePrediction
import Foundation
import Tensors

/// `nnUNetv2_ensemble`
struct EnsembleCommand: NnUNetCommand {
    static let ownName = "ensemble"
    static let optionWords = ["-np", "--save_npz", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Average the class probabilities of several predictions and write the labels.",
        discussion: """
            The folders come from predict with --save_probabilities and must hold the same cases; the first gives geometry, plans and \
            dataset.

            EXAMPLES
              \(prompt) -i masks_2d masks_3d -o masks
              \(prompt) -i masks_2d masks_3d -o masks --save_npz
            """,
        version: ProgramName.version)

    @Option(name: .customShort("i"), parsing: .upToNextOption, help: "Folders of predictions with their .npz and .pkl files.")
    var inputs: [String]

    @Option(name: .customShort("o"), help: "Output folder; made when it is not there.")
    var output: String

    @Option(name: .customLong("np", withSingleDash: true), help: "Accepted for compatibility: one process uses all threads.")
    var workers: Int?

    @Flag(name: .customLong("save_npz"), help: "Also write the averaged probabilities.")
    var savesProbabilities = false

    func validate() throws {
        guard !inputs.isEmpty else { throw ValidationError("-i needs at least one folder") }
        guard !inputs.contains(output) else { throw ValidationError("-o must not be one of the input folders") }
    }

    func run() throws {
        let ensemble = try ProbabilityEnsemble(folders: inputs, team: ThreadTeam())
        let results = ResultFolder(path: output, fileEnding: ensemble.fileEnding)
        try results.prepare()
        try results.write(ensemble.dataset.json, to: "dataset.json")
        for name in ensemble.caseNames {
            try Interruption.check()
            let outcome = try ensemble.average(name, keepsProbabilities: savesProbabilities)
            try results.write(outcome)
            Console.line("\(name): averaged over \(inputs.count) predictions")
        }
    }
}
