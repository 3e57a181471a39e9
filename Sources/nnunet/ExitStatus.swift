import Files
import Preprocessing

/// How the program ends, after sysexits.h, so that scripts can tell the reasons apart.
enum ExitStatus: Int32, CaseIterable {
    case success = 0
    case usage = 64
    case badInput = 65
    case missing = 66
    case unreachable = 69
    case computation = 70
    case cannotWrite = 73
    case badModel = 78
    case interrupted = 130

    /// What it means, for `--help`.
    var meaning: String {
        switch self {
        case .success: "everything was done"
        case .usage: "the command line is wrong"
        case .badInput: "a case cannot be used (unreadable, wrong channels, not-a-number voxels)"
        case .missing: "a file or folder that was asked for is not there"
        case .unreachable: "a server can't be reached, refuses or breaks off"
        case .computation: "the computation failed, or a self test did not reach what it should"
        case .cannotWrite: "a result cannot be written, or reads back differently"
        case .badModel: "a model folder, plans or checkpoint cannot be used"
        case .interrupted: "stopped by Ctrl-C or SIGTERM; what was written so far is whole"
        }
    }
}

/// An error on its way to standard error and the exit status.
struct Failure: Error, CustomStringConvertible {
    let status: ExitStatus
    let description: String
    /// Whether it concerns one case, so that others may go well; a full disk or a broken model fails every case alike.
    let isOfOneCase: Bool

    /// - `ofOneCase`: nil for what is usual with this status.
    init(_ status: ExitStatus, _ description: String, ofOneCase: Bool? = nil) {
        self.status = status
        self.description = description
        isOfOneCase = ofOneCase ?? [.badInput, .missing, .computation].contains(status)
    }

    /// Any error of the project's modules; nil for errors that the argument parser explains itself.
    init?(any error: any Error) {
        switch error {
        case let error as Failure: self = error
        case let error as Problem: self.init(error)
        default: return nil
        }
    }

    /// What went wrong with a case or a model.
    init(_ problem: Problem) { self.init(ExitStatus(problem), problem.description) }
}

extension ExitStatus {
    /// How the program ends for a problem.
    init(_ problem: Problem) {
        switch (problem.kind, problem.subject) {
        case (.cancelled, _): self = .interrupted
        case (.computation, _): self = .computation
        case (.unwritable, _), (.unverified, _), (.occupied, _): self = .cannotWrite
        case (.missing, _): self = .missing
        case (_, .model): self = .badModel
        case (_, .input): self = .badInput
        }
    }
}
