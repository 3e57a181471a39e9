import Synchronization

/// Wakes a task that waits for something to happen. Rings that nobody waits for are kept as one.
package final class Bell: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
        /// Counts the waits, so that a timer ends none but its own.
        var turn = 0
        /// The last wait whose time was up before it had begun.
        var expired = 0
    }
    private let state = Mutex(State())

    /// A bell that nobody has rung.
    package init() {}

    /// Something happened.
    package func ring() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            if state.waiter == nil { state.isRung = true }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns at the next ring, at once where one was not waited for; without any after the given time, or when the task is cancelled.
    ///
    /// One task waits at a time.
    package func wait(for limit: Duration? = nil) async {
        let turn = state.withLock { state in
            state.turn += 1
            return state.turn
        }
        let timer = limit.map { limit in
            Task {
                try await Task.sleep(for: limit)
                end(turn)
            }
        }
        defer { timer?.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !keep(continuation, for: turn) { continuation.resume() }
            }
        } onCancel: {
            end(turn)
        }
    }

    /// Whether there is something to wait for.
    private func keep(_ waiter: CheckedContinuation<Void, Never>, for turn: Int) -> Bool {
        state.withLock { state in
            precondition(state.waiter == nil, "two tasks wait for one bell")
            guard !state.isRung, state.expired != turn else {
                state.isRung = false
                return false
            }
            state.waiter = waiter
            return true
        }
    }

    /// Ends a wait without a ring.
    private func end(_ turn: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.turn == turn else { return nil }
            defer { state.waiter = nil }
            state.expired = turn
            return state.waiter
        }
        waiter?.resume()
    }
}
