package import CasePrediction
package import Ledger

/// What one route's models do with a case; everything heavy lies behind this seam.
///
/// Calls block and may come from any thread, one at a time. Whatever is written is complete and flushed when a call returns, and each call
/// may be repeated.
package protocol CaseEngine: Sendable {
    /// Channels a case must have.
    var channelCount: Int { get }

    /// The DICOM modalities that are taken.
    var modalities: DICOMModalities { get }

    /// For people: the models, one line each.
    var summary: [String] { get }

    /// For people: what postprocessing cuts, one line for each step.
    var cuts: [String] { get }

    /// For people: settings of the route that are allowed and can hardly be meant, each as `key: words`.
    var unlikelySettings: [String] { get }

    /// Writes the input as `<name>_0000.nii.gz` and so on into the folder.
    ///
    /// - `isCancelled`: asked now and then; true ends with `.cancelled`.
    func convert(_ input: CaseInput, name: String, into folder: String, isCancelled: () -> Bool) throws(StepFailure) -> Conversion

    /// Predicts and writes `<name>.nii.gz`, `<name>_overlay.png` and `<name>.json` into the folder.
    ///
    /// - `progress`: told after every tile and at the start of every part.
    /// - `isCancelled`: asked between tiles; true ends with `.cancelled`.
    /// - Returns: For people: what is unusual about the case, beyond the task's own warnings.
    func predict(
        _ task: PredictionTask, into folder: String, progress: (EngineProgress) -> Void, isCancelled: () -> Bool
    ) throws(StepFailure) -> [String]

    /// Reads the published files back: the mask must lie on the grid of the case's first channel; otherwise throws `.failed`.
    func verify(_ name: String, in folder: String, of channelPaths: [String]) throws(StepFailure)
}

/// The files of a case as they were dropped, now in the state directory.
package enum CaseInput: Sendable, Equatable {
    /// NIfTI files, channel 0 first.
    case nifti([String])
    /// The files of one DICOM series.
    case dicom([String])
}

/// What converting gave.
package struct Conversion: Sendable, Equatable {
    /// The written files, channel 0 first.
    package let channelPaths: [String]
    /// For people: what is unusual about the input.
    package let warnings: [String]
    /// What the report says of the series; nil for NIfTI.
    package let series: SeriesFacts?

    package init(channelPaths: [String], warnings: [String], series: SeriesFacts? = nil) {
        self.channelPaths = channelPaths
        self.warnings = warnings
        self.series = series
    }
}

/// A case to predict.
package struct PredictionTask: Sendable {
    /// The case's name; results are named after it.
    package let name: String
    /// What the log calls the case; nil outside the daemon.
    package let caseID: String?
    /// Where it came from, below the inbox, for the report; empty where the report is not to say.
    package let inboxPaths: [String]
    /// How many files were dropped as images of the case.
    package let fileCount: Int
    /// What the report says of the series; nil for NIfTI.
    package let series: SeriesFacts?
    /// The converted files, channel 0 first.
    package let channelPaths: [String]
    /// Warnings of earlier steps, for the report.
    package let warnings: [String]
    /// The published case that this one takes the place of; nil where there is none.
    package let supersedes: String?
    /// Earlier steps and how long they took, s, for the report.
    package let timings: [StepDuration]

    package init(
        name: String, caseID: String? = nil, inboxPaths: [String] = [], fileCount: Int, series: SeriesFacts? = nil, channelPaths: [String],
        warnings: [String] = [],
        timings: [StepDuration] = [], supersedes: String? = nil
    ) {
        self.supersedes = supersedes
        self.name = name
        self.caseID = caseID
        self.inboxPaths = inboxPaths
        self.fileCount = fileCount
        self.series = series
        self.channelPaths = channelPaths
        self.warnings = warnings
        self.timings = timings
    }
}

/// How far a prediction is.
package struct EngineProgress: Sendable, Equatable {
    /// What runs, one word.
    package let part: String
    /// Tiles done.
    package let completed: Int
    /// Tiles to do; 0 in parts without tiles.
    package let total: Int

    package init(part: String, completed: Int = 0, total: Int = 0) {
        self.part = part
        self.completed = completed
        self.total = total
    }
}

/// Makes the engines of the routes; checks everything about models and recipes that can be checked before the first case.
package protocol EngineFactory: Sendable {
    func makeEngine(for route: ServiceConfiguration.Route) throws(EngineProblem) -> any CaseEngine
}

/// Why a route's engine can't be made.
package struct EngineProblem: Error, Sendable, Equatable {
    /// The key within the route: `models[0].folder`.
    package let key: String
    /// What is wrong and what to do.
    package let message: String

    package init(key: String, message: String) {
        self.key = key
        self.message = message
    }
}
