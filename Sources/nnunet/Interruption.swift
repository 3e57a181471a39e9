import Glibc
import Synchronization

/// Ctrl-C and SIGTERM: the running case is given up, nothing half-written stays; a second signal ends the program at once.
enum Interruption {
    private static let flag = Atomic<Bool>(false)

    /// Whether a signal came.
    static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Takes the signals from now on, also where the caller started the program with them blocked, as from a thread pool's thread.
    static func install() {
        var taken = sigset_t()
        sigemptyset(&taken)
        for number in [SIGINT, SIGTERM] {
            sigaddset(&taken, number)
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
            sigaction(number, &action, nil)
        }
        pthread_sigmask(SIG_UNBLOCK, &taken, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Ends the command where a signal came.
    static func check() throws(Failure) {
        if isRequested { throw Failure(.interrupted, "stopped on request") }
    }
}
