import Foundation

/// Does one thing after the other for each case: a bad case is named at once and fails the command at its end, the others are done.
struct CaseLoop {
    private var count = 0
    private var failures: [Failure] = []

    /// Does a case. What fails every case alike, such as a full disk or a broken model, ends the command; so does a signal.
    ///
    /// - `result`: the file that the case gives; one that is there although the case failed is from before, which is said.
    mutating func run(_ name: String, result: String? = nil, _ body: () throws -> Void) throws {
        try Interruption.check()
        try add(name, result: result, Result(catching: body))
    }

    /// Takes in how a case went that was done elsewhere; throws what fails every case alike.
    mutating func add(_ name: String, result: String? = nil, _ outcome: Result<Void, any Error>) throws {
        count += 1
        do {
            try outcome.get()
        } catch {
            let failure = Failure(any: error) ?? Failure(.computation, "\(error)")
            guard failure.isOfOneCase else { throw failure }
            Console.problem(failure.description.hasPrefix(name + ": ") ? failure.description : "\(name): \(failure)")
            if let result, FileManager.default.fileExists(atPath: result) {
                Console.problem("\(name): \(result) is from an earlier run and not of this input; it was left as it is")
            }
            failures.append(failure)
        }
    }

    /// Fails where a case has failed, with the first one's status.
    func finish() throws(Failure) {
        guard let first = failures.first else { return }
        throw Failure(first.status, "\(failures.count) of \(count) cases failed, see above")
    }
}
