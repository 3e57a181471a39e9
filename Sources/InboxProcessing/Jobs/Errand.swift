import Synchronization

/// What a step that runs apart has come to.
final class Errand: Sendable {
    private struct State {
        var outcome: JobDriver.Outcome?
        var isLeft = false
    }
    private let state = Mutex(State())

    /// Whether somebody still waits for it.
    func end(with outcome: JobDriver.Outcome) -> Bool {
        state.withLock { state in
            state.outcome = outcome
            return !state.isLeft
        }
    }

    /// What it came to; nil where it is left to itself from now on.
    func leave() -> JobDriver.Outcome? {
        state.withLock { state in
            state.isLeft = state.outcome == nil
            return state.outcome
        }
    }
}
