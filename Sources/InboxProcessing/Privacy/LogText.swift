import Files

/// Text that leaves a case's own folders, in the log or the status line.
///
/// It is put together from our own words and numbers. Whatever may hold a dropped name says so where it is put in, and is shown only where
/// the site wants names; a plain `String` can't be put in at all.
package struct LogText: Sendable, ExpressibleByStringInterpolation {
    fileprivate enum Part: Sendable {
        case plain(String)
        case name(String)
        case free(String)
    }
    private let parts: [Part]

    /// Our own words.
    package init(stringLiteral value: String) { parts = [.plain(value)] }

    /// Words with values between them.
    package init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    /// Whether a part was made elsewhere, so that names have to be looked for.
    var isFree: Bool { parts.contains { if case .free = $0 { true } else { false } } }

    /// For people.
    ///
    /// - `redactor`: knows the names that free text may hold; nil where names are shown.
    package func shown(_ redactor: NameRedactor?) -> String {
        parts.map { part in
            switch part {
            case .plain(let text): text
            case .name(let text): redactor == nil ? text : NameRedactor.placeholder
            case .free(let text): redactor?.redact(text) ?? ForeignText.plain(text)
            }
        }.joined()
    }

    /// For people, under what a configuration says of names.
    func shown(under configuration: ServiceConfiguration) -> String {
        shown(configuration.logsNames ? nil : NameRedactor(names: [], places: NameRedactor.Places(configuration)))
    }

    /// Takes the values that a text may hold.
    package struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var parts: [Part] = []

        package init(literalCapacity: Int, interpolationCount: Int) { parts.reserveCapacity(interpolationCount * 2 + 1) }

        package mutating func appendLiteral(_ literal: String) { parts.append(.plain(literal)) }

        /// A number.
        package mutating func appendInterpolation(_ value: Int) { parts.append(.plain(String(value))) }

        /// A time, in words.
        package mutating func appendInterpolation(_ value: Duration) { parts.append(.plain(value.words)) }

        /// What the site or this program named: a route, a configured folder, a step, a case's id.
        package mutating func appendInterpolation(site value: String) { parts.append(.plain(value)) }

        /// A part put together before.
        package mutating func appendInterpolation(_ value: LogText) { parts += value.parts }

        /// A dropped name.
        package mutating func appendInterpolation(name value: String) { parts.append(.name(value)) }

        /// What a case's results are called: a dropped name, or its id.
        package mutating func appendInterpolation(published about: ServiceEvent.Case?) {
            guard let about else { return }
            parts.append(about.isPseudonymous ? .plain(about.publishedName) : .name(about.publishedName))
        }

        /// Text made elsewhere, which may hold dropped names: an error, a reason, a path.
        package mutating func appendInterpolation(free value: String) { parts.append(.free(value)) }
    }
}
