/// What can go wrong between a case's files and its written labels; each says where, what was found, and what to do.
///
/// No message holds voxels or anything that identifies a patient beyond the paths the caller gave.
public enum CasePredictionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Something that was asked for is not there.
    case missing(path: String, problem: String, advice: String)
    /// The case itself cannot be used: unreadable, wrong channels, values that are no numbers.
    case badInput(path: String, problem: String, advice: String)
    /// The model folder, its plans or a checkpoint cannot be used.
    case badModel(path: String, problem: String, advice: String)
    /// A result cannot be written.
    case cannotWrite(path: String, problem: String, advice: String)
    /// A result reads back differently from what was computed.
    case notVerified(path: String, problem: String, advice: String)
    /// The computation itself failed; the input is fine.
    case computation(problem: String)
    /// The caller asked to stop; nothing was written.
    case cancelled

    /// One or two sentences: the place, what was found, and what to do.
    public var description: String {
        switch self {
        case .missing(let path, let problem, let advice), .badInput(let path, let problem, let advice),
            .badModel(let path, let problem, let advice), .cannotWrite(let path, let problem, let advice),
            .notVerified(let path, let problem, let advice):
            "\(path): \(problem)" + (advice.isEmpty ? "" : "; \(advice)")
        case .computation(let problem): problem
        case .cancelled: "stopped on request"
        }
    }

    /// The file or folder it is about, where there is one.
    public var path: String? {
        switch self {
        case .missing(let path, _, _), .badInput(let path, _, _), .badModel(let path, _, _), .cannotWrite(let path, _, _),
            .notVerified(let path, _, _):
            path
        case .computation, .cancelled: nil
        }
    }

    /// What was found.
    public var problem: String {
        switch self {
        case .missing(_, let problem, _), .badInput(_, let problem, _), .badModel(_, let problem, _), .cannotWrite(_, let problem, _),
            .notVerified(_, let problem, _), .computation(let problem):
            problem
        case .cancelled: "stopped on request"
        }
    }

    /// What to do about it; empty where there is nothing to say.
    public var advice: String {
        switch self {
        case .missing(_, _, let advice), .badInput(_, _, let advice), .badModel(_, _, let advice), .cannotWrite(_, _, let advice),
            .notVerified(_, _, let advice):
            advice
        case .computation, .cancelled: ""
        }
    }
}
