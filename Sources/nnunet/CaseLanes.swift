import CasePrediction
import Synchronization
import Tensors

/// Does the cases of a folder in their order, each beside the one before it where they may overlap: a bad case is named at once and fails
/// the command at its end, the others are done.
final class CaseLanes: Sendable {
    private let queue: CaseQueue
    private let outcomes = Mutex(Outcomes())

    private struct Outcomes {
        var loop = CaseLoop()
        /// What fails every case alike.
        var end: (any Error)?
    }

    /// - `memoryLimit`: the bytes that the process may use.
    init(memoryLimit: Int) { queue = CaseQueue(memoryLimit: memoryLimit) }

    /// Whether cases that are being done should be given up.
    var isStopped: Bool { Interruption.isRequested || outcomes.withLock { $0.end != nil } }

    /// Does every case.
    ///
    /// - Parameters:
    ///   - count: of cases.
    ///   - overlap: whether two may be done at a time.
    ///   - name: what a case is called, and the file that it gives, by its number.
    ///   - body: does a case, on a thread of its lane.
    /// - Throws: what fails every case alike, such as a full disk, a broken model or a signal; or that some cases have failed.
    func run(
        count: Int, overlap: Bool, name: (_ number: Int) -> (case: String, result: String),
        _ body: (_ number: Int, _ place: CasePlace) throws -> Void
    ) throws {
        ThreadTeam(threadCount: overlap ? 2 : 1).run(count: count) { _, number in
            let place = queue.place(number)
            defer { place.end() }
            place.begin()
            guard !isStopped else { return }
            let outcome = Result { try body(number, place) }
            let (name, result) = name(number)
            outcomes.withLock { outcomes in
                do {
                    try outcomes.loop.add(name, result: result, outcome)
                } catch {
                    outcomes.end = outcomes.end ?? error
                }
            }
        }
        try outcomes.withLock { outcomes in
            if let end = outcomes.end { throw end }
            try Interruption.check()
            try outcomes.loop.finish()
        }
    }
}
