import Files
import SystemPackage

/// Remembers since when each loose file of an unfinished transfer has been as it is.
struct TransferBook: Sendable {
    private var entries: [FilePath: (facts: FileFacts, since: ContinuousClock.Instant)] = [:]

    /// One that hasn't changed for so long is spoken of.
    static let patience: Duration = .seconds(3600)

    /// Takes in what lies in the inbox now; files that are gone are forgotten.
    mutating func observe(_ files: some Sequence<InboxSnapshot.File>, at now: ContinuousClock.Instant) {
        var next = entries
        next.removeAll()
        for file in files where file.isPartial {
            if let entry = entries[file.path], entry.facts == file.facts {
                next[file.path] = entry
            } else {
                next[file.path] = (file.facts, now)
            }
        }
        entries = next
    }

    /// How long a file has been as it is.
    func age(of file: InboxSnapshot.File, at now: ContinuousClock.Instant) -> Duration {
        entries[file.path].map { now - $0.since } ?? .zero
    }

    /// The files that have not changed for so long that their transfer must have died, sorted.
    func leftovers(at now: ContinuousClock.Instant) -> [FilePath] {
        entries.filter { now - $0.value.since >= Self.patience }.map(\.key).sorted(by: <)
    }
}
