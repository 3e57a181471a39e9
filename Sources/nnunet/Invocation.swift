import ArgumentParser
import Foundation

/// One call of the program: which command, with which arguments, under nnU-Net's names or its own.
struct Invocation {
    /// The arguments behind the program's name, abbreviations written out.
    let arguments: [String]
    /// The command that the program's name alone chooses; nil when the first argument does.
    let named: (any NnUNetCommand.Type)?
    /// Why the call can't be meant; nil where it may be.
    private let refusal: Failure?

    /// - Parameter all: the program's name first; a link such as `nnUNetv2_predict` chooses that command.
    init(arguments all: [String]) {
        let rest = Array(all.dropFirst())
        named = Self.commands.first { $0.upstreamName == ProgramName.called }
        if let named {
            arguments = OptionSpelling.lastWord(OptionSpelling.writeOut(rest, words: named.optionWords))
            refusal = nil
        } else if ProgramName.called.hasPrefix(ProgramName.upstreamPrefix) {
            arguments = rest
            refusal = CommandSuggestion.refusal(of: ProgramName.called)
        } else if let first = rest.first, let command = Self.commands.first(where: { $0.ownName == first }) {
            arguments = [first] + OptionSpelling.lastWord(OptionSpelling.writeOut(Array(rest.dropFirst()), words: command.optionWords))
            refusal = nil
        } else {
            arguments = rest
            refusal = rest.first.flatMap { $0.hasPrefix("-") ? nil : CommandSuggestion.refusal(of: $0) }
        }
    }

    /// The commands that nnU-Net has too.
    static let commands: [any NnUNetCommand.Type] = [
        PredictCommand.self, PredictFromModelFolderCommand.self, EnsembleCommand.self, ApplyPostprocessingCommand.self,
        EvaluateFolderCommand.self, EvaluateSimpleCommand.self, DeterminePostprocessingCommand.self,
        AccumulateCrossvalResultsCommand.self, FindBestConfigurationCommand.self, PlotOverlayPNGsCommand.self,
        ExportModelToZipCommand.self, InstallPretrainedModelFromZipCommand.self, MovePlansBetweenDatasetsCommand.self,
        DownloadPretrainedModelByURLCommand.self, ConvertMSDDatasetCommand.self, ConvertOldDatasetCommand.self,
        ExtractFingerprintCommand.self, PlanExperimentCommand.self,
    ]

    /// Parses and runs; prints any error to standard error.
    func run() -> ExitStatus {
        let root: any ParsableCommand.Type = named ?? NnUNet.self
        do {
            if let refusal { throw refusal }
            var command = try root.parseAsRoot(arguments)
            try command.run()
            return .success
        } catch {
            if let failure = Failure(any: error) {
                Console.problem("\(failure)")
                return failure.status
            }
            let text = root.fullMessage(for: error)
            if root.exitCode(for: error) == .success {
                Console.line(text)
                return .success
            }
            Console.error(text)
            return .usage
        }
    }
}
