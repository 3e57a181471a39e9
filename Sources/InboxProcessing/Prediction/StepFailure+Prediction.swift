import CasePrediction
import Ledger

extension StepFailure {
    /// What a failed prediction means for its case: bad input condemns it; a model or a disk that is away is waited for.
    init(_ error: CasePredictionError) {
        switch error {
        case .cancelled: self = .cancelled
        case .badModel, .cannotWrite: self = .waiting(reason: error.description)
        case .notVerified(_, _, let advice): self = .failed(Setback(reason: error.description, advice: advice))
        case .missing(let path, let problem, let advice), .badInput(let path, let problem, let advice):
            self = .refused(Refusal(what: problem, where: path, advice: advice.isEmpty ? "check the case and drop it again" : advice))
        case .computation(let problem):
            self = .refused(Refusal(what: problem, advice: "this should not happen; keep the input and report it"))
        }
    }
}
