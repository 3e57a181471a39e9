import CasePrediction
import Foundation

/// Shows how far a case is: a bar that redraws itself on a terminal, nothing in between elsewhere.
final class ProgressDisplay {
    private let isEnabled: Bool
    private let started = ContinuousClock.now
    private var shown = ""

    init(isEnabled: Bool) {
        self.isEnabled = isEnabled && Console.isTerminal
    }

    /// Redraws the line where it changed.
    func update(_ progress: CaseProgress) {
        guard isEnabled else { return }
        let model = progress.modelCount > 1 ? "model \(progress.model + 1)/\(progress.modelCount) " : ""
        let text =
            progress.total > 0
            ? "  \(model)\(progress.step.rawValue) \(bar(progress)) \(progress.completed)/\(progress.total) \(elapsed)"
            : "  \(model)\(progress.step.rawValue) \(elapsed)"
        guard text != shown else { return }
        shown = text
        Console.draw("\r\u{1B}[K" + text)
    }

    /// Removes the bar.
    func clear() {
        guard isEnabled, !shown.isEmpty else { return }
        shown = ""
        Console.draw("\r\u{1B}[K")
    }

    private func bar(_ progress: CaseProgress) -> String {
        let width = 30
        let filled = min(width, progress.completed * width / progress.total)
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
    }

    private var elapsed: String {
        let seconds = (ContinuousClock.now - started).components.seconds
        return String(format: "%d:%02d", Int(seconds / 60), Int(seconds % 60))
    }
}
