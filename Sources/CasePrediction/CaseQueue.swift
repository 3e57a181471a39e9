import Files
import Foundation
import Tensors

/// Lets the cases of a folder overlap: one is read and prepared, or written, while the one before it is computed.
///
/// Cases are computed one after the other in their order. The next one begins when the one before it has all of its models, so that it is
/// known what that takes, and is prepared ahead only where both fit into the memory; otherwise it waits for its turn.
package final class CaseQueue: @unchecked Sendable {  // guarded by `condition`
    private let condition = NSCondition()
    private let memoryLimit: Int
    private var settled = Milestone()
    private var computed = Milestone()
    private var over = Milestone()
    /// The bytes that the case that is computed takes at its worst moment.
    private var peak = 0

    /// A queue of no case yet.
    ///
    /// - `memoryLimit`: the bytes that the process may use.
    package init(memoryLimit: Int) { self.memoryLimit = memoryLimit }

    /// The place of a case, by its number in the order, from 0; every number must come, and each must `end()`.
    package func place(_ number: Int) -> CasePlace { CasePlace(self, number) }

    fileprivate func wait(until milestone: (CaseQueue) -> Milestone, reaches number: Int) {
        condition.lock()
        defer { condition.unlock() }
        while milestone(self).first < number { condition.wait() }
    }

    fileprivate func change(_ body: (CaseQueue) -> Void) {
        condition.lock()
        defer { condition.unlock() }
        body(self)
        condition.broadcast()
    }

    fileprivate func read<Result>(_ body: (CaseQueue) -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body(self)
    }

    /// Up to which case all have come so far.
    fileprivate struct Milestone {
        /// The first case that has not.
        private(set) var first = 0
        private var later: Set<Int> = []

        mutating func pass(_ number: Int) {
            guard number >= first else { return }
            later.insert(number)
            while later.remove(first) != nil { first += 1 }
        }
    }

    fileprivate func settle(_ number: Int, peak: Int) {
        change {
            $0.settled.pass(number)
            $0.peak = peak
        }
    }

    fileprivate func leave(_ number: Int) {
        change {
            $0.settled.pass(number)
            guard $0.computed.first <= number else { return }
            $0.computed.pass(number)
            $0.peak = 0
        }
    }

    fileprivate func end(_ number: Int) { change { $0.over.pass(number) } }
    fileprivate func waitToBegin(_ number: Int) { wait(until: { $0.settled }, reaches: number) }
    fileprivate func waitForTurn(_ number: Int) { wait(until: { $0.computed }, reaches: number) }
    fileprivate func waitForOthers(_ number: Int) { wait(until: { $0.over }, reaches: number) }
    fileprivate func hasTurn(_ number: Int) -> Bool { read { $0.computed.first >= number } }
    fileprivate func isAlone(_ number: Int) -> Bool { read { $0.over.first >= number } }

    fileprivate func fits(_ bytes: Int) -> Bool {
        let present = max(MemoryLimit.held, read { $0.peak })
        return !present.addingReportingOverflow(bytes).overflow && present + bytes <= memoryLimit
    }
}

/// A case's place in a queue, for the thread that does the case.
package final class CasePlace {
    /// The seconds that the case has spent waiting for others.
    package private(set) var waited = 0.0

    private let queue: CaseQueue
    private let number: Int

    fileprivate init(_ queue: CaseQueue, _ number: Int) {
        (self.queue, self.number) = (queue, number)
    }

    /// Waits until the case may be read.
    package func begin() { wait { queue.waitToBegin(number) } }

    /// Whether every case before this one is computed; the case is shown then.
    package var hasTurn: Bool { queue.hasTurn(number) }

    /// All of the case's results are written, or it has failed.
    package func end() {
        leave()
        queue.end(number)
    }

    /// Whether the case should take so many bytes while the one before it is computed.
    func mayGoAhead(holding bytes: Int) -> Bool { !hasTurn && queue.fits(bytes) }

    /// Waits until every case before this one is computed.
    func takeTurn() { wait { queue.waitForTurn(number) } }

    /// Everything that the case takes is known; the next one may begin.
    ///
    /// - `peak`: bytes of the process at the worst moment.
    func settle(peak: Int) { queue.settle(number, peak: peak) }

    /// The case is computed.
    func leave() { queue.leave(number) }

    /// Waits until nothing of the cases before this one is in memory any more; false where that was so already.
    func waitForOthers() -> Bool {
        guard !queue.isAlone(number) else { return false }
        wait { queue.waitForOthers(number) }
        return true
    }

    private func wait(_ body: () -> Void) {
        let start = ContinuousClock.now
        body()
        waited += (ContinuousClock.now - start).inSeconds
    }
}
