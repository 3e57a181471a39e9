package import Files
import Imaging
package import Reporting

/// What is known of a case beside its outcome, from the drop to the file that is written last; overlay and report tell of it.
package struct CaseRecord: Sendable {
    /// The case's files in nnU-Net's naming.
    package let files: CaseFiles
    /// What the case is called, where.
    package let identity: CaseReport.Identity
    /// What was dropped, as the report says it; the files themselves where that is all.
    package let input: CaseReport.Input
    /// Whether only time has declared the series whole, which the overlay says too.
    package let assumesWholeness: Bool
    /// For people: what is unusual about the case.
    package internal(set) var warnings: [String]
    /// The steps that are done.
    package var timings: [StepTiming] { earlier + writing.timings }
    /// The steps up to the outcome.
    private var earlier: [StepTiming]
    /// The files that are written.
    var writing = Stopwatch()
    private var counted: LabelSurvey?

    package init(
        files: CaseFiles, identity: CaseReport.Identity? = nil, input: CaseReport.Input? = nil, assumesWholeness: Bool = false,
        warnings: [String] = [], timings: [StepTiming] = []
    ) {
        self.files = files
        let count = files.channelPaths.count
        self.input = input ?? CaseReport.Input(format: "nifti", fileCount: count, channelCount: count)
        self.identity = identity ?? CaseReport.Identity(name: files.name)
        self.assumesWholeness = assumesWholeness
        self.warnings = warnings
        earlier = timings
    }

    /// Takes in what predicting gave; warnings that are known already are not repeated.
    mutating func add(_ outcome: borrowing CaseOutcome) {
        let known = warnings
        warnings += outcome.warnings.filter { !known.contains($0) }
        earlier += outcome.timings
    }

    /// The labels' counts and places, which several files need, counted once.
    mutating func survey(of labels: borrowing LabelMap) -> LabelSurvey {
        if let counted { return counted }
        let survey = LabelSurvey(labels)
        counted = survey
        return survey
    }
}
