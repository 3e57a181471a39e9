import CasePrediction
import Foundation

/// The `error.json` beside a refused case's input.
package struct QuarantineRecord: Codable, Sendable, Equatable {
    /// The case's name.
    package let `case`: String
    package let route: String
    /// The step that refused it.
    package let step: String
    /// What was found.
    package let what: String
    /// The file or folder it is about.
    package let `where`: String?
    /// What to do about it.
    package let whatToDo: String
    /// The inbox it came from.
    package let inbox: String
    /// The files, as they lay below the inbox and lie below `input`.
    package let files: [String]
    /// What else was noticed.
    package let warnings: [String]
    /// ISO 8601.
    package let time: String
    /// Name and version of this software.
    package let software: String

    init(_ job: Job, refusal: Refusal, at date: Date) {
        `case` = job.name
        route = job.route
        step = job.refusedAt ?? "unknown"
        what = refusal.what
        `where` = refusal.where
        whatToDo = refusal.advice
        inbox = job.inbox
        files = job.files.map(\.path)
        warnings = job.warnings
        time = date.formatted(.iso8601)
        software = "\(Software.name) \(Software.version)"
    }

    /// Indented JSON, keys sorted.
    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return Array(try encoder.encode(self)) + Array("\n".utf8)
    }
}
