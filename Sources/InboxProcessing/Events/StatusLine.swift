import CasePrediction
import ServiceHost
import Synchronization

/// The line that `systemctl status` shows: the sink that keeps the latest; sent when it changes, progress at most once a second.
package final class StatusLine: EventSink {
    private struct State {
        var text = ""
        var sent: ContinuousClock.Instant?
        var showsNames = false
        var inboxes = 0

        var watching: String { "watching \(inboxes) inbox\(inboxes == 1 ? "" : "es")" }
    }
    private let state = Mutex(State())
    private let send: @Sendable (String) -> Void

    package init(send: @escaping @Sendable (String) -> Void = ServiceManager.status) { self.send = send }

    package func record(_ event: ServiceEvent) {
        switch event.kind {
        case .service(.configured(let configuration)):
            state.withLock { ($0.showsNames, $0.inboxes) = (configuration.logsNames, configuration.routes.count) }
        case .service(.idle): update(isProgress: false) { "Idle; \($0.watching)." }
        case .way(.stepBegan): show(event, nil)
        case .way(.progressed(let progress)): show(event, progress)
        default: break
        }
    }

    private func show(_ event: ServiceEvent, _ progress: CaseProgress?) {
        update(isProgress: progress?.total ?? 0 > 0) { state in
            var text = "Case \(event.about?.title(showsName: state.showsNames) ?? "") (\(event.route ?? "")): \(event.step ?? "")"
            if let progress {
                text += progress.total > 0 ? ", tile \(progress.completed) of \(progress.total)" : ", \(progress.step.rawValue)"
            }
            return "\(text); \(state.watching)."
        }
    }

    private func update(isProgress: Bool, _ text: (State) -> String) {
        let now = ContinuousClock.now
        let line = state.withLock { state -> String? in
            let line = text(state)
            guard line != state.text, !isProgress || state.sent.map({ now - $0 >= .seconds(1) }) ?? true else { return nil }
            (state.text, state.sent) = (line, now)
            return line
        }
        if let line { send(line) }
    }
}
