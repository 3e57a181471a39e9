/// Remembers since when each drop has been unchanged. Time comes from outside; nothing here waits.
package struct SettleBook: Sendable {
    private struct Entry {
        var files: [InboxSnapshot.File]
        var since: ContinuousClock.Instant
        let first: ContinuousClock.Instant
    }
    private var entries: [Drop.Identity: Entry] = [:]
    private let settle: Duration

    /// - Parameter settle: how long files must be unchanged.
    package init(settle: Duration) { self.settle = settle }

    /// Takes in what lies in the inbox now and gives, for each drop, since when it has been as it is; drops that are gone are forgotten.
    package mutating func observe(_ drops: [Drop], at now: ContinuousClock.Instant) {
        var next: [Drop.Identity: Entry] = [:]
        for drop in drops {
            if let entry = entries[drop.identity], entry.files == drop.files {
                next[drop.identity] = entry
            } else {
                next[drop.identity] = Entry(files: drop.files, since: now, first: entries[drop.identity]?.first ?? now)
            }
        }
        entries = next
    }

    /// A drop was seen to be in use although its files look unchanged: its time starts anew.
    package mutating func postpone(_ identity: Drop.Identity, at now: ContinuousClock.Instant) {
        entries[identity]?.since = now
    }

    /// How long a drop has been unchanged.
    package func age(of drop: Drop, at now: ContinuousClock.Instant) -> Duration {
        entries[drop.identity].map { now - $0.since } ?? .zero
    }

    /// Whether a drop has been unchanged for the settle time.
    package func isSettled(_ drop: Drop, at now: ContinuousClock.Instant) -> Bool {
        age(of: drop, at: now) >= settle
    }

    /// How long a loose file had been lying there unchanged when the first of a drop came; negative when it came or changed later.
    func lead(of file: InboxSnapshot.File, before drop: Drop) -> Duration {
        guard let earlier = entries[.file(file.path)], let entry = entries[drop.identity] else { return .zero }
        return entry.first - earlier.since
    }
}
