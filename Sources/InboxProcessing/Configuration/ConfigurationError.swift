package import TOML

/// A configuration that can't be used, with everything that is wrong with it.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The configuration file.
    package let path: String
    /// All problems, by line.
    package let problems: [ConfigurationProblem]

    /// As whom was checked, where that isn't the process that starts.
    package let notes: [String]
    /// What isn't as it should be either, but needn't keep the service from starting.
    package let warnings: [String]

    /// Joins a file and its problems.
    package init(path: String, problems: [ConfigurationProblem], notes: [String] = [], warnings: [String] = []) {
        self.path = path
        self.notes = notes
        self.warnings = warnings
        self.problems = problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    /// One line for each problem, the first 50.
    package var description: String {
        let lines = problems.prefix(50).map { "\(path): \($0)" }
        let more = problems.count - lines.count
        return (lines + (more > 0 ? ["\(path): and \(more) more"] : [])).joined(separator: "\n")
    }
}
