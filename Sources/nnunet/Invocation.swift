import ArgumentParser
import Foundation

/// One call of the program: which command, with which arguments, under nnU-Net's names or its own.
struct Invocation {
    /// The arguments behind the program's name, abbreviations written out.
    let arguments: [String]
    /// The command that the program's name alone chooses; nil when the first argument does.
    let named: (any NnUNetCommand.Type)?

    /// - arguments: the program's name first; a link such as `nnUNetv2_predict` chooses that command.
    init(arguments all: [String]) {
        let program = all.first.map { URL(filePath: $0).lastPathComponent } ?? "nnunet"
        let rest = Array(all.dropFirst())
        named = Self.commands.first { $0.upstreamName == program }
        if let named {
            arguments = OptionSpelling.writeOut(rest, words: named.optionWords)
        } else if let first = rest.first, let command = Self.commands.first(where: { $0.configuration.commandName == first }) {
            arguments = [first] + OptionSpelling.writeOut(Array(rest.dropFirst()), words: command.optionWords)
        } else {
            arguments = rest
        }
    }

    /// The commands that nnU-Net has too.
    static let commands: [any NnUNetCommand.Type] = [
        PredictCommand.self, PredictFromModelFolderCommand.self, EnsembleCommand.self, ApplyPostprocessingCommand.self,
        PlotOverlayPNGsCommand.self,
    ]

    /// Parses and runs; prints any error to standard error.
    func run() -> ExitStatus {
        let root: any ParsableCommand.Type = named ?? NnUNet.self
        do {
            var command = try root.parseAsRoot(arguments)
            try command.run()
            return .success
        } catch {
            if let failure = Failure(error) {
                Console.error("nnunet: \(failure)")
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

/// A command that nnU-Net has under another name and with its own spelling of options.
protocol NnUNetCommand: ParsableCommand {
    /// The program name upstream installs for it.
    static var upstreamName: String { get }
    /// Its options of more than one letter, with their dashes; Python's argparse takes any unambiguous beginning of them.
    static var optionWords: [String] { get }
}
