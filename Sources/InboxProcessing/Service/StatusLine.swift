import ServiceHost
import Synchronization

/// The line that `systemctl status` shows; sent when it changes, progress at most once a second.
final class StatusLine: Sendable {
    private struct State {
        var text = ""
        var sent: ContinuousClock.Instant?
    }
    private let state = Mutex(State())
    private let log: EventLog
    private let inboxes: @Sendable () -> Int
    private let send: @Sendable (String) -> Void

    init(
        log: EventLog, inboxes: @escaping @Sendable () -> Int, send: @escaping @Sendable (String) -> Void = ServiceManager.status
    ) {
        self.log = log
        self.inboxes = inboxes
        self.send = send
    }

    func show(_ activity: JobRunner.Activity?) {
        let count = inboxes()
        let watched = "watching \(count) inbox\(count == 1 ? "" : "es")"
        guard let activity else { return update("Idle; \(watched).", isProgress: false) }
        var text = "Case \(log.title(of: activity.job)) (\(activity.job.route)): \(activity.step)"
        if let progress = activity.progress {
            text += progress.total > 0 ? ", tile \(progress.completed) of \(progress.total)" : ", \(progress.part)"
        }
        update("\(text); \(watched).", isProgress: activity.progress?.total ?? 0 > 0)
    }

    private func update(_ text: String, isProgress: Bool) {
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            guard text != state.text, !isProgress || state.sent.map({ now - $0 >= .seconds(1) }) ?? true else { return false }
            state = State(text: text, sent: now)
            return true
        }
        if isDue { send(text) }
    }
}
