import InboxProcessing
import Ledger
import Synchronization
import TestSupport
import Testing

/// Counts published cases and keeps how long steps took, as a page of metrics would.
private final class Tally: EventSink {
    struct Counts {
        var published = 0
        var refused: [String] = []
        var seconds: [String: [Double]] = [:]
    }
    private let state = Mutex(Counts())
    var counts: Counts { state.withLock { $0 } }

    func record(_ event: ServiceEvent) {
        state.withLock { counts in
            if case .way(.published) = event.kind { counts.published += 1 }
            if case .trouble(.refused) = event.kind { counts.refused.append(event.cause ?? "") }
            if let step = event.step, let seconds = event.seconds { counts.seconds[step, default: []].append(seconds) }
        }
    }
}

struct `A sink of events` {
    @Test func `learns of every published case and of each step's duration, beside other sinks`() throws {
        let site = try Site()
        for name in ["a", "b"] { try site.drop(name + ".nii.gz") }
        #expect(try site.admit().count == 2)
        let tallies = [Tally(), Tally()]
        try site.work(driver: site.driver(EventSinks(tallies)))
        for counts in tallies.map(\.counts) {
            #expect(counts.published == 2)
            #expect(counts.refused.isEmpty)
            #expect(Set(counts.seconds.keys) == ["convert", "predict", "export", "verify", "publish", "archive"])
            #expect(counts.seconds.values.allSatisfy { $0.count == 2 && $0.allSatisfy { (0..<60).contains($0) } })
        }
    }

    @Test func `learns why a case is refused`() throws {
        let site = try Site()
        try site.drop("a.nii.gz")
        _ = try site.admit()
        let tally = Tally()
        try site.work(FakeEngine(refusesChannel: true), driver: site.driver(tally))
        #expect(tally.counts.published == 0)
        #expect(tally.counts.refused == ["a.nii.gz: holds no numbers"])
    }
}
