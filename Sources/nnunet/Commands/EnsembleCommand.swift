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
            The folders come from predict with --save_probabilities; a case that one of them lacks is named and fails. The first gives \
            geometry, plans and dataset. Labels that another numbers differently and axes that another reader turned are put into its \
            order; folders that differ in channels, labels or file ending are refused.

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
    }

    func run() throws {
        let output = try OutputFolder(self.output, apartFrom: inputs.map { ("-i", $0) })
        for input in inputs { try InputPlace.requireFolder(input, option: "-i") }
        let ensemble = try ProbabilityEnsemble(folders: inputs, team: ThreadTeam())
        for note in ensemble.notes { Console.problem("warning: \(note)") }
        let results = ResultFolder(
            output: protecting(output, of: ensemble), fileEnding: ensemble.fileEnding,
            files: .nnUNet(as: ensemble.readerWriter, ending: ensemble.fileEnding, probabilities: savesProbabilities))
        try results.output.make()
        try results.write(ensemble.dataset.json, to: "dataset.json")
        var loop = CaseLoop()
        for name in ensemble.caseNames {
            try loop.run(name, result: results.labelsPath(name)) {
                try results.requireRoom(for: name)
                let outcome = try ensemble.average(name, keepsProbabilities: savesProbabilities)
                var record = CaseRecord(files: CaseFiles(name: name, channelPaths: []))
                try results.write(outcome, &record)
                Console.line("\(name): averaged over \(inputs.count) predictions")
            }
        }
        try loop.finish()
    }

    /// The output folder with every file that is read protected.
    private func protecting(_ output: OutputFolder, of ensemble: ProbabilityEnsemble) -> OutputFolder {
        var output = output
        output.protect(ensemble.caseNames.lazy.flatMap(ensemble.inputPaths))
        output.protect(inputs.flatMap { [$0 + "/plans.json", $0 + "/dataset.json"] })
        return output
    }
}
