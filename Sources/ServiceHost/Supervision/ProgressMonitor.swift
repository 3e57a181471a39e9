import Synchronization

/// Whether the work at hand gets on: every step says by when it must have advanced, and the watchdog is fed only while that holds.
package final class ProgressMonitor: Sendable {
    private struct State {
        var deadlines: [String: (limit: Duration, due: ContinuousClock.Instant)] = [:]
    }
    private let state = Mutex(State())

    /// A monitor with nothing to wait for.
    package init() {}

    /// From now on `activity` must advance or end within `limit`, again and again.
    package func begin(_ activity: String, within limit: Duration) {
        state.withLock { $0.deadlines[activity] = (limit, .now + limit) }
    }

    /// The activity got on.
    package func advance(_ activity: String) {
        state.withLock { state in
            guard let limit = state.deadlines[activity]?.limit else { return }
            state.deadlines[activity] = (limit, .now + limit)
        }
    }

    /// The activity is over; nothing is expected of it.
    package func end(_ activity: String) {
        state.withLock { _ = $0.deadlines.removeValue(forKey: activity) }
    }

    /// The activities that are overdue; empty when all is well.
    package func overdue(at now: ContinuousClock.Instant = .now) -> [String] {
        state.withLock { $0.deadlines.filter { $0.value.due < now }.keys.sorted() }
    }
}
