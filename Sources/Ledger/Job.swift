package import Files
import Foundation

/// One case on its way, as the ledger keeps it.
package struct Job: Sendable, Equatable {
    /// A file of the case's input.
    package struct File: Sendable, Codable, Equatable {
        /// Below the inbox it came from, and below the job's input folder.
        package let path: String
        /// When it was admitted.
        package let facts: FileFacts
        /// Whether it is an image of the case; companions are kept, not read.
        package let isImage: Bool
        /// Below the input of the earlier case that it comes from; nil for one from the inbox.
        package var earlier: String?

        package init(path: String, facts: FileFacts, isImage: Bool, earlier: String? = nil) {
            self.path = path
            self.facts = facts
            self.isImage = isImage
            self.earlier = earlier
        }
    }

    /// What its files are.
    package enum Kind: String, Sendable, Codable {
        /// NIfTI channels.
        case nifti
        /// One DICOM series.
        case dicom
        /// Nothing that can be processed; it goes to quarantine.
        case unrecognized
    }

    /// Unique, safe as a folder's name, and what the log calls the case (`CaseID`); jobs of earlier versions have a UUID.
    package let id: String
    package let route: String
    /// The inbox it came from, absolute.
    package let inbox: String
    /// The case's name; results are named after it. It begins with the id where the route publishes under pseudonyms.
    package var name: String
    /// What the dropped files call the case, safe for file systems; several jobs may share it.
    package let droppedName: String
    package let kind: Kind
    /// Images first, in channel order.
    package let files: [File]
    package var state: JobState
    /// How often the next step was begun; back to 0 when it is done.
    package var attempts: Int
    /// How often it was set back by what waiting may never mend.
    package var failures = 0
    /// The step that was begun; nil while none runs. Found at a start, it says that the service ended during the step.
    package var begun: Attempt?
    /// How the service ended during the step that comes next, as far as that counts against the case.
    package var deaths: [String] = []
    /// How often it ended there and nothing told why.
    package var unexplainedDeaths = 0
    /// When it was admitted, s since 1970.
    package let admitted: Double
    /// What converting found out about a DICOM series.
    package var series: SeriesFacts?
    /// For people.
    package var warnings: [String]
    /// The steps done so far.
    package var timings: [StepTiming]
    /// Why it was refused, and at which step.
    package var refusal: Refusal?
    package var refusedAt: String?
    /// The case whose slices this one takes in again, with those that came later.
    package var earlier: EarlierCase?
}

extension Job {
    /// A job that is over, of which only its folder tells.
    ///
    /// - `time`: s since 1970.
    /// - `id`: where its record tells it; otherwise it is the name of a case that was published under its id, or a new one.
    package init(
        over state: JobState, route: String, inbox: String, name: String, kind: Kind, at time: Double, refusal: Refusal? = nil,
        refusedAt: String? = nil, id: String? = nil
    ) {
        self.init(
            id: id ?? (CaseID.isOne(name[...]) ? name : CaseID.make()), route: route, inbox: inbox, name: name, droppedName: name,
            kind: kind, files: [], state: state, attempts: 0,
            admitted: time, warnings: [], timings: [], refusal: refusal, refusedAt: refusedAt)
    }
}
