import Foundation
import Glibc
import Synchronization

/// Ctrl-C, SIGTERM and a closed terminal: the running case is given up, nothing half-written stays; a second signal ends the program at once.
enum Interruption {
    private static let flag = Atomic<Bool>(false)

    /// Whether a signal came.
    static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Takes the signals from now on, also where the caller started the program with them blocked, as from a thread pool's thread.
    static func install() {
        var taken = sigset_t()
        sigemptyset(&taken)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            if number == SIGHUP, isHangupIgnored { continue }
            sigaddset(&taken, number)
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
            sigaction(number, &action, nil)
        }
        pthread_sigmask(SIG_UNBLOCK, &taken, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Whether the caller wants the program to outlive its terminal, as nohup does.
    private static var isHangupIgnored: Bool {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let mask = status.split(separator: "\n").first { $0.hasPrefix("SigIgn:") }?.split(separator: "\t").last
        return (mask.flatMap { UInt64($0, radix: 16) } ?? 0) & 1 == 1
    }

    /// Ends the command where a signal came.
    static func check() throws(Failure) {
        if isRequested { throw Failure(.interrupted, "stopped on request") }
    }
}
