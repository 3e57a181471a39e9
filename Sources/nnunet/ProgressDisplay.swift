import CasePrediction
import Foundation

/// Shows how far a case or a command is: a bar that redraws itself on a terminal, nothing in between elsewhere.
final class ProgressDisplay {
    private let isEnabled: Bool
    private let started = ContinuousClock.now
    private var shown = ""

    init(isEnabled: Bool) {
        self.isEnabled = isEnabled && Console.isTerminal
    }

    /// Redraws the line where it changed.
    func update(_ progress: CaseProgress) {
        let model = progress.modelCount > 1 ? "model \(progress.model + 1)/\(progress.modelCount) " : ""
        update(model + progress.step.rawValue, completed: progress.completed, total: progress.total)
    }

    /// Redraws the line where it changed; a total of 0 has no bar.
    func update(_ what: String, completed: Int, total: Int) {
        guard isEnabled else { return }
        let bar = total > 0 ? " \(bar(completed, of: total)) \(completed)/\(total)" : ""
        let text = "  \(what)\(bar) \(elapsed)"
        guard text != shown else { return }
        shown = text
        Console.draw("\r\u{1B}[K" + text)
    }

    /// Shows how many bytes of an archive are unpacked; false where a signal came.
    func unpacking(_ written: Int, of total: Int) -> Bool {
        update("MiB unpacked", completed: written >> 20, total: total >> 20)
        return !Interruption.isRequested
    }

    /// Removes the bar.
    func clear() {
        guard isEnabled, !shown.isEmpty else { return }
        shown = ""
        Console.draw("\r\u{1B}[K")
    }

    private func bar(_ completed: Int, of total: Int) -> String {
        let width = 30
        let filled = min(width, completed * width / total)
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
    }

    private var elapsed: String {
        let seconds = (ContinuousClock.now - started).components.seconds
        return String(format: "%d:%02d", Int(seconds / 60), Int(seconds % 60))
    }
}
