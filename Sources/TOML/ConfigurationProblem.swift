/// Something in a configuration file, or in what it names, that keeps the service from starting.
package struct ConfigurationProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// From 1; nil when it concerns no line, such as a key that is missing from the whole file.
    package let line: Int?
    /// The key, with its table: `routes[1].models[0].folder`.
    package let key: String?
    /// What is wrong and what to do.
    package let message: String

    /// Joins place and message.
    package init(line: Int? = nil, key: String? = nil, message: String) {
        self.line = line
        self.key = key
        self.message = message
    }

    /// `line 7, routes[0].inbox: …`
    package var description: String {
        let place = [line.map { "line \($0)" }, key].compactMap(\.self).joined(separator: ", ")
        return place.isEmpty ? message : "\(place): \(message)"
    }
}
