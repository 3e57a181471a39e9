package import Ledger
package import ServiceHost

/// What ended the service during a step. Only what the step itself did counts against its case.
package enum Death: Sendable, Equatable {
    /// A fault in the step: the signal's name.
    case crash(String)
    /// The step did not get on, and the watchdog ended the service.
    case hang
    /// The kernel ended the service for want of memory.
    case memoryKiller
    /// The service crashed elsewhere: the part.
    case otherCrash(String)
    /// The machine went down.
    case powerCut
    /// Somebody ended the service: how the service manager says it.
    case ended(String)
    /// Nothing tells.
    case unknown

    /// Whether it counts against the case.
    package var counts: Bool {
        switch self {
        case .crash, .hang, .memoryKiller: true
        case .otherCrash, .powerCut, .ended, .unknown: false
        }
    }

    /// For people.
    package var words: String {
        switch self {
        case .crash(let signal): "it crashed (\(signal))"
        case .hang: "it did not get on and was ended by the watchdog"
        case .memoryKiller: "the memory killer ended the service"
        case .otherCrash(let part): "the service crashed elsewhere (\(part))"
        case .powerCut: "the machine went down"
        case .ended(let how): "the service was ended from outside (\(how))"
        case .unknown: "the service was killed, by what is not known"
        }
    }

    /// What is known after the end.
    package struct Evidence: Sendable {
        package let marks: RunMarks
        package let end: EndRecord?
        package let crash: CrashRecord.Crash?

        package init(marks: RunMarks, end: EndRecord?, crash: CrashRecord.Crash?) {
            self.marks = marks
            self.end = end
            self.crash = crash
        }
    }

    /// Tells deaths apart: another boot first, then the crash's own record, the service manager's, the kernel's counters.
    ///
    /// - `part`: what a crash on the step's own thread is attributed to.
    /// - `usesTeam`: whether the step computes on threads of no part as well.
    package init(of attempt: Attempt, part: String, usesTeam: Bool, evidence: Evidence) {
        if let before = attempt.marks.bootID, let after = evidence.marks.bootID, before != after {
            self = .powerCut
        } else if let crash = evidence.crash {
            let isOwn = crash.part.map { $0 == part } ?? usesTeam
            self = isOwn ? .crash(CrashRecord.name(of: crash.signal)) : .otherCrash(crash.part ?? "another case")
        } else if let end = evidence.end, end.time >= attempt.begun {
            self.init(end, memoryKillerCame: attempt.marks.sawMemoryKiller(until: evidence.marks))
        } else {
            self = attempt.marks.sawMemoryKiller(until: evidence.marks) ? .memoryKiller : .unknown
        }
    }

    private init(_ end: EndRecord, memoryKillerCame: Bool) {
        let crashes = ["SEGV", "BUS", "ILL", "FPE", "ABRT", "TRAP", "SYS"]
        switch (end.serviceResult, end.exitStatus) {
        case ("oom-kill", _): self = .memoryKiller
        case ("watchdog", _): self = .hang
        case ("signal", let name) where crashes.contains(name), ("core-dump", let name): self = .crash("SIG" + name)
        case ("signal", "KILL") where memoryKillerCame: self = .memoryKiller
        case (let result, let status): self = .ended(result == "signal" ? "SIG" + status : result)
        }
    }
}
