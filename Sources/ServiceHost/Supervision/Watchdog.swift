public import Logging
public import ServiceLifecycle

/// Feeds systemd's watchdog while the monitored work gets on, and stops feeding when it doesn't, so that systemd restarts the service.
public struct Watchdog: Service {
    private let monitor: ProgressMonitor
    private let timeout: Duration?
    private let logger: Logger
    private let feed: @Sendable () -> Void

    /// A watchdog for the given monitor.
    ///
    /// - timeout: of systemd; nil turns the service into one that just waits for the end.
    public init(
        monitor: ProgressMonitor, timeout: Duration? = ServiceManager.watchdogTimeout, logger: Logger,
        feed: @escaping @Sendable () -> Void = ServiceManager.feedWatchdog
    ) {
        self.monitor = monitor
        self.timeout = timeout
        self.logger = logger
        self.feed = feed
    }

    /// Feeds at a third of the timeout until the service ends.
    public func run() async throws {
        guard let timeout else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let overdue = monitor.overdue()
                if overdue.isEmpty {
                    feed()
                } else {
                    logger.critical(
                        "No progress; waiting for the service manager to restart this service.",
                        metadata: [
                            "step": "\(overdue.joined(separator: ", "))", "message_id": "\(MessageID.stalled)",
                        ])
                }
                try? await Task.sleep(for: timeout / 3)
            }
        }
    }
}
