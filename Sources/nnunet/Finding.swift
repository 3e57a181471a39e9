/// What `inspect` found about one path, and why it can't be used where it can't.
struct Finding {
    let facts: Facts
    let failure: Failure?
    /// Whether it is known what lies there; otherwise the failure says all.
    let isKnown: Bool

    init(_ facts: Facts, failure: Failure? = nil, isKnown: Bool = true) {
        self.facts = facts
        self.failure = failure
        self.isKnown = isKnown
    }

    /// Of something about which nothing more is known than why it can't be used.
    init(path: String, failure: Failure) {
        var facts = Facts()
        facts.add("path", path)
        facts.add("problem", failure.description)
        self.init(facts, failure: failure, isKnown: false)
    }
}
