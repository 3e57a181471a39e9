import ArgumentParser

/// A command that nnU-Net has under another name and with its own spelling of options.
protocol NnUNetCommand: ParsableCommand {
    /// Its name behind `nnunet`.
    static var ownName: String { get }
    /// Its options of more than one letter, with their dashes; Python's argparse takes any unambiguous beginning of them.
    static var optionWords: [String] { get }
}

extension NnUNetCommand {
    /// The program name upstream installs for it.
    static var upstreamName: String { ProgramName.upstreamPrefix + ownName }

    /// What this call knows it by: the name of the link that was called, else its own.
    static var spokenName: String { ProgramName.called == upstreamName ? upstreamName : ownName }

    /// What a person types to call it the way this call did.
    static var prompt: String { ProgramName.called == upstreamName ? upstreamName : ProgramName.own + " " + ownName }
}
