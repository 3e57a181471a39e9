package import Files
package import Foundation

/// What is said about a finished case, for machines and people: the `<case>.json` beside mask and picture.
///
/// Keys are stable within a `formatVersion`, in snake case, sorted, with the unit at the end of their name. It holds no attribute of
/// the patient: nothing from the image's header but its grid, modality and series number.
package struct CaseReport: Codable, Sendable, Equatable {
    /// Grows when a key changes its meaning or goes; new keys alone don't change it.
    package static let currentFormatVersion = 1
    /// Bytes; a longer file is no report.
    package static let longest = 64 << 20

    /// What a case is called, where.
    package struct Identity: Sendable {
        /// As its files are named.
        package let name: String
        /// What the daemon's log calls it; nil on the command line.
        package let id: String?
        /// The daemon's route; nil on the command line.
        package let route: String?
        /// The published case that it takes the place of; nil where there is none.
        package let supersedes: String?

        /// Names a case.
        package init(name: String, id: String? = nil, route: String? = nil, supersedes: String? = nil) {
            self.name = name
            self.id = id
            self.route = route
            self.supersedes = supersedes
        }
    }

    /// The version of these keys.
    package var formatVersion: Int
    /// Which program made the result.
    package var software: Software
    /// The case, as its files are named.
    package var caseName: String
    /// What the daemon's log calls the case; nil on the command line.
    package var caseID: String?
    /// The published case that this one takes the place of, since slices of its series came later; nil where there is none.
    package var supersedes: String?
    /// The published case that takes the place of this one; nil where there is none.
    package var supersededBy: String?
    /// The daemon's route; nil on the command line.
    package var route: String?
    /// When the case was finished.
    package var finishedAt: Date
    /// What was read.
    package var input: Input
    /// The grid of input and mask.
    package var geometry: Geometry
    /// The models; several make an ensemble.
    package var models: [Model]
    /// What was done to the labels after prediction; nil when nothing was.
    package var postprocessing: Postprocessing?
    /// The labels.
    package var result: Result
    /// Wall time of each step, in the order they ran.
    package var timings: [StepTiming]
    /// What was unusual, in words.
    package var warnings: [String]

    /// Collects the report of a case.
    package init(
        on identity: Identity, software: Software, finishedAt: Date, input: Input, geometry: Geometry, models: [Model],
        postprocessing: Postprocessing? = nil, result: Result, timings: [StepTiming], warnings: [String] = []
    ) {
        formatVersion = Self.currentFormatVersion
        self.software = software
        caseName = identity.name
        caseID = identity.id
        supersedes = identity.supersedes
        route = identity.route
        self.finishedAt = finishedAt
        self.input = input
        self.geometry = geometry
        self.models = models
        self.postprocessing = postprocessing
        self.result = result
        self.timings = timings
        self.warnings = warnings
    }

    enum CodingKeys: String, CodingKey {
        case formatVersion = "format_version"
        case software
        case caseName = "case"
        case caseID = "case_id"
        case supersedes
        case supersededBy = "superseded_by"
        case route
        case finishedAt = "finished_at"
        case input
        case geometry
        case models
        case postprocessing
        case result
        case timings
        case warnings
    }
}
