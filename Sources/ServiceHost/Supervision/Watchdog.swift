import ServiceLifecycle

/// Feeds systemd's watchdog while the monitored work gets on, and stops feeding when it doesn't, so that systemd restarts the service.
package struct Watchdog: Service {
    private let monitor: ProgressMonitor
    private let timeout: Duration?
    private let stalled: @Sendable ([String]) -> Void
    private let feed: @Sendable () -> Void

    /// A watchdog for the given monitor.
    ///
    /// - `timeout`: of systemd; nil turns the service into one that just waits for the end.
    /// - `stalled`: told the overdue activities each time that it isn't fed.
    package init(
        monitor: ProgressMonitor, timeout: Duration? = ServiceManager.watchdogTimeout,
        feed: @escaping @Sendable () -> Void = ServiceManager.feedWatchdog, stalled: @escaping @Sendable ([String]) -> Void
    ) {
        self.monitor = monitor
        self.timeout = timeout
        self.stalled = stalled
        self.feed = feed
    }

    /// Feeds at a third of the timeout until the service ends.
    package func run() async throws {
        guard let timeout else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let overdue = monitor.overdue()
                if overdue.isEmpty {
                    feed()
                } else {
                    stalled(overdue)
                }
                try? await Task.sleep(for: timeout / 3)
            }
        }
    }
}
