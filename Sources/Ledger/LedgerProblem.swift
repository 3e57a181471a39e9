/// Why the ledger can't do what it is asked.
package enum LedgerProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name and all its numbered variants are in use.
    case noFreeName(String)
    /// Another case got the name between looking for one and recording it; looking again helps.
    case nameTakenMeanwhile(String)
    /// The ledger was written by a newer version of this software.
    case newerVersion(String)
    /// A working folder's description is another job's.
    case foreignDescription(String)

    /// One sentence for an operator.
    package var description: String {
        switch self {
        case .noFreeName(let name): "\(name) and every name with a number after it are in use; clear away published and processed cases."
        case .newerVersion(let path):
            "\(path): a newer version of this software wrote this ledger; start that version or a later one. Nothing was changed."
        case .foreignDescription(let id): "the description in the working folder \(id) is not that job's."
        case .nameTakenMeanwhile(let name): "\(name) was taken by another case at this moment."
        }
    }
}
