extension RouteIntake {
    /// How long to wait.
    package struct Times: Sendable, Equatable {
        /// Where it is known that nobody writes any more.
        package let settle: Duration
        /// For the rest of a case of which something is missing.
        package let incompleteAfter: Duration

        package init(settle: Duration, incompleteAfter: Duration) {
            self.settle = settle
            self.incompleteAfter = incompleteAfter
        }

        /// Where it can't be known whether somebody writes.
        var unknown: Duration { settle * 3 }
        /// Where a sign says that a file is not finished.
        var unfinished: Duration { Swift.max(incompleteAfter, unknown) }
        /// Where something is missing.
        var incomplete: Duration { Swift.max(incompleteAfter, settle) }
    }
}
