/// A case that is to be recorded as a job.
package struct NewCase: Sendable, Equatable {
    /// What the dropped files call it, safe for file systems.
    package let name: String
    package let kind: Job.Kind
    /// Images first, in channel order.
    package let files: [Job.File]
    /// For people.
    package let warnings: [String]
    /// Why it can't be processed; nil when it can.
    package let refusal: Refusal?
    /// The case whose slices it takes in again.
    package let earlier: EarlierCase?

    package init(
        name: String, kind: Job.Kind, files: [Job.File] = [], warnings: [String] = [], refusal: Refusal? = nil, earlier: EarlierCase? = nil
    ) {
        self.name = name
        self.kind = kind
        self.files = files
        self.warnings = warnings
        self.refusal = refusal
        self.earlier = earlier
    }
}

extension Job {
    /// The job of a case at its admission.
    ///
    /// - `time`: s since 1970.
    init(_ item: NewCase, id: String, name: String, route: String, inbox: String, at time: Double) {
        self.init(
            id: id, route: route, inbox: inbox, name: name, droppedName: item.name, kind: item.kind, files: item.files, state: .admitted,
            attempts: 0, admitted: time, warnings: item.warnings, timings: [], refusal: item.refusal,
            refusedAt: item.refusal.map { _ in "admit" }, earlier: item.earlier)
    }
}
