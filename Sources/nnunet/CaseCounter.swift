import Synchronization

/// Shows how many of some cases are done, whichever thread did them.
final class CaseCounter: Sendable {
    private let total: Int
    private let display: Mutex<(done: Int, display: ProgressDisplay)>

    init(_ total: Int, isShown: Bool = true) {
        self.total = total
        display = Mutex((0, ProgressDisplay(isEnabled: isShown)))
    }

    /// One more is done.
    func count() {
        display.withLock {
            $0.done += 1
            $0.display.update("cases", completed: $0.done, total: total)
        }
    }

    /// Removes the line.
    func clear() { display.withLock { $0.display.clear() } }
}
