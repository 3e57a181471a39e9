package import DICOM
package import Files
package import Ledger
package import SystemPackage

/// A case found in a drop: its files and what it is to be called.
package struct CasePlan: Sendable, Equatable {
    /// Safe for file systems; made unique when the case is admitted.
    package var name: String
    package var kind: Job.Kind
    /// Channels in order, or the slices; below the inbox.
    package var files: [String]
    /// Files that came along and are no image of the case; below the inbox.
    package var companions: [String] = []
    /// For people.
    package var warnings: [String] = []
    /// Why it can't be processed; nil when it can.
    package var refusal: Refusal?
    /// Whether a DICOM series is known to be whole; nil for other cases.
    package var wholeness: DICOMWholeness?
    /// Of its images, (0020,000E).
    package var seriesUIDs: [String] = []
    /// The case that an earlier part of its series was taken on as, and the files to take in again from there.
    package var earlier: EarlierCase?
    package var earlierFiles: [Job.File] = []
    /// Whether the refusal may pass when more files arrive.
    package var mayBecomeComplete = false

    /// The warning of a case that only time has declared whole.
    package static let assumption =
        "The series' completeness was assumed, not known: nothing in its files says how many slices it has, and no more came in time."

    package init(name: String, kind: Job.Kind, files: [String], refusal: Refusal? = nil) {
        self.name = name
        self.kind = kind
        self.files = files
        self.refusal = refusal
    }

    /// The case as the ledger takes it; files without facts are left out.
    ///
    /// - `facts`: of the files below the inbox.
    package func newCase(_ facts: [FilePath: FileFacts]) -> NewCase {
        let files = { (paths: [String], isImage: Bool) in
            paths.compactMap { path in facts[FilePath(path)].map { Job.File(path: path, facts: $0, isImage: isImage) } }
        }
        return NewCase(
            name: name, kind: kind, files: files(self.files, true) + earlierFiles + files(companions, false), warnings: warnings,
            refusal: refusal, earlier: earlier)
    }
}

/// Finds DICOM series among files; behind a seam because it reads them.
package protocol SeriesRecognizing: Sendable {
    /// The series a file belongs to; nil for a file that is no DICOM image.
    func seriesUID(ofFileAt path: String) -> String?

    /// What tells a DICOM object from all others, (0008,0018); nil for a file that is none.
    func instanceUID(ofFileAt path: String) -> String?

    /// What shows that a NIfTI file is not there to its end, as a clause; nil where nothing does.
    func shortfall(ofNIfTIAt path: String) -> String?

    /// The series among the files, each named after the first of the dropped folders that it has files in.
    ///
    /// - `folders`: the names of those folders, sorted; none for loose files.
    /// - `root`: what they lie in.
    /// - `minimumSlices`: the route's `min_slices`.
    func series(in paths: [String], folders: [String], below root: String, minimumSlices: Int?) -> RecognizedSeries
}

/// The series among some files.
package struct RecognizedSeries: Sendable {
    /// One series.
    package struct Series: Sendable {
        package let name: String
        package let paths: [String]
        /// (0008,0060), such as CT or MR.
        package let modality: String
        /// Why it is no case; nil when it is one.
        package let problem: Refusal?
        /// Whether more files could cure the problem: a missing slice or a damaged file, not a tilt or several acquisitions.
        package let mayPass: Bool
        /// Whether the files say that they are all of the series.
        package let wholeness: DICOMWholeness
        /// For people.
        package let warnings: [String]

        package init(
            name: String, paths: [String], modality: String, problem: Refusal?, mayPass: Bool, wholeness: DICOMWholeness,
            warnings: [String] = []
        ) {
            self.name = name
            self.paths = paths
            self.modality = modality
            self.problem = problem
            self.mayPass = mayPass
            self.wholeness = wholeness
            self.warnings = warnings
        }
    }

    package var series: [Series]
    /// Files that are no image of a series, each with its reason.
    package var others: [(path: String, reason: String)]
    /// Files that can't be read whole and may be slices, each with its reason; a series they may belong to has a problem that names one.
    package var damaged: [(path: String, reason: String)]

    package init(
        series: [Series], others: [(path: String, reason: String)], damaged: [(path: String, reason: String)] = []
    ) {
        self.series = series
        self.others = others
        self.damaged = damaged
    }
}
