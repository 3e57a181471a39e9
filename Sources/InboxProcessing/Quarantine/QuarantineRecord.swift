import CasePrediction
import Files
import Foundation
import Ledger

/// The `error.json` beside a refused case's input.
package struct QuarantineRecord: Codable, Sendable, Equatable {
    /// The case's name.
    package let `case`: String
    /// What the log calls the case.
    package let caseId: String?
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
        caseId = job.id
        route = job.route
        step = job.refusedAt ?? "unknown"
        what = ForeignText.plain(refusal.what)
        `where` = refusal.where.map(ForeignText.plain)
        whatToDo = ForeignText.plain(refusal.advice)
        inbox = job.inbox
        files = job.files.map(\.path)
        warnings = job.warnings.map(ForeignText.plain)
        time = date.formatted(.iso8601)
        software = "\(Software.name) \(Software.version)"
    }

    /// The record of work whose ledger and description are both lost.
    init(unexplained name: String, at date: Date) {
        `case` = name
        caseId = nil
        route = ""
        step = "start"
        what = "neither the ledger nor a job.json tells which case this is"
        `where` = nil
        whatToDo = "the files as they were dropped are in input; drop them into their inbox again"
        inbox = ""
        files = []
        warnings = []
        time = date.formatted(.iso8601)
        software = "\(Software.name) \(Software.version)"
    }

    /// Reads an `error.json`; nil for one that isn't of this form.
    init?(json text: String) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let record = try? decoder.decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = record
    }

    /// The refused job, as far as its record tells.
    ///
    /// - `name`: of its folder in quarantine.
    /// - `time`: s since 1970.
    func job(named name: String, at time: Double) -> Job {
        Job(
            over: .quarantined, route: route, inbox: inbox, name: name, kind: .unrecognized, at: time,
            refusal: Refusal(what: what, where: `where`, advice: whatToDo), refusedAt: step, id: caseId)
    }

    /// Indented JSON, keys sorted.
    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return Array(try encoder.encode(self)) + Array("\n".utf8)
    }
}
