import CasePrediction
import Foundation

/// What the program was called by: its own name, or that of one of nnU-Net's commands through a link.
enum ProgramName {
    /// The last part of the name that the program was started by.
    static let called = CommandLine.arguments.first.map { URL(filePath: $0).lastPathComponent } ?? own

    /// The program's own name.
    static let own = "nnunet"

    /// What messages begin with.
    static let speaker = called.hasPrefix(upstreamPrefix) ? called : own

    /// What all names of nnU-Net's commands begin with.
    static let upstreamPrefix = "nnUNetv2_"

    /// What `--version` prints.
    static let version = "\(Software.name) \(Software.version)"
}
