package import Ledger

/// Something that happened in the service: what, to which case or on which route, and why.
///
/// The service says nothing but events; the log, the status line and every further sink are told all of them.
package struct ServiceEvent: Sendable {
    /// A case, as a sink may speak of it.
    package struct Case: Sendable, Equatable {
        /// The ledger's, for a job and for a case that waits in its inbox.
        package let id: String
        /// What it is called where names are shown.
        package let name: String
        /// What its results are called: what was dropped, or its id.
        package let publishedName: String

        package init(id: String, name: String, publishedName: String) {
            self.id = id
            self.name = name
            self.publishedName = publishedName
        }

        /// Whether its results carry its id in place of what was dropped.
        package var isPseudonymous: Bool { publishedName.hasPrefix(id) }

        /// What it is called in one line of text: its id, with its name where names are shown.
        package func title(showsName: Bool) -> String { showsName ? "\(id) (\(name))" : id }
    }

    package let kind: Kind
    /// The case it is about; nil where it is about none.
    package let about: Case?
    package let route: String?
    /// The step of the case's way.
    package let step: String?
    /// How long that step took, s; nil where none ended.
    package let seconds: Double?
    /// Why, in words made elsewhere for people; they may hold dropped names.
    package let cause: String?
    /// The dropped names that its words may hold; a sink that is read by more people than the cases leaves them out.
    package let names: [String]

    package init(
        _ kind: Kind, about: Case? = nil, route: String? = nil, step: String? = nil, seconds: Double? = nil, cause: String? = nil,
        names: [String] = []
    ) {
        self.kind = kind
        self.about = about
        self.route = route
        self.step = step
        self.seconds = seconds
        self.cause = cause
        self.names = names
    }

    /// What happened to a job, as it is afterwards.
    package init(_ kind: Kind, of job: Job, step: String? = nil, seconds: Double? = nil, cause: String? = nil) {
        self.init(
            kind, about: Case(id: job.id, name: job.shownName, publishedName: job.name), route: job.route, step: step, seconds: seconds,
            cause: cause, names: job.names + [job.name])
    }
}
