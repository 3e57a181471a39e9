import Synchronization

/// The jobs an intake is bringing in; the runner leaves them alone until they are let go, so that one thread at a time works on a job.
package final class JobHold: Sendable {
    private let ids = Mutex<Set<String>>([])

    package init() {}

    package func take(_ id: String) { ids.withLock { _ = $0.insert(id) } }
    package func letGo(_ id: String) { ids.withLock { _ = $0.remove(id) } }
    func holds(_ id: String) -> Bool { ids.withLock { $0.contains(id) } }
}
