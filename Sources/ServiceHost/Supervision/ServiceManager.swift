import CSystemd
import Glibc

/// Tells systemd how the service is (`sd_notify(3)`); does nothing where nobody listens.
package enum ServiceManager {
    /// Start-up or reloading is complete.
    package static func ready() { notify("READY=1") }

    /// The configuration is being read anew; `ready()` must follow. The time is what `Type=notify-reload` asks for.
    package static func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        notify("RELOADING=1\nMONOTONIC_USEC=\(Int(now.tv_sec) * 1_000_000 + Int(now.tv_nsec) / 1000)")
    }

    /// Shutting down has begun.
    package static func stopping() { notify("STOPPING=1") }

    /// One line for `systemctl status`.
    package static func status(_ text: String) {
        notify("STATUS=" + text.replacing("\n", with: " "))
    }

    /// The service is alive and gets on.
    package static func feedWatchdog() { notify("WATCHDOG=1") }

    /// How long systemd waits for the watchdog to be fed (`WatchdogSec=`); nil where it doesn't.
    package static var watchdogTimeout: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }

    private static func notify(_ state: String) {
        _ = sd_notify(0, state)
    }
}
