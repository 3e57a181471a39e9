package import CasePrediction
package import Ledger
package import TOML

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

    /// Predicts a case and writes its result set into the folder (`ResultSet.published`).
    ///
    /// - `progress`: told after every tile and at the start of every step.
    /// - `isCancelled`: asked between tiles; true ends with `.cancelled`.
    /// - Returns: For people: what is unusual about the case, beyond the record's own warnings.
    func predict(
        _ record: CaseRecord, into folder: String, progress: (CaseProgress) -> Void, isCancelled: () -> Bool
    ) throws(StepFailure) -> [String]

    /// Reads the result set back, which must belong to the case and lie on the grid of its first channel; otherwise throws `.failed`.
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

/// Makes the engines of the routes; checks everything about models and recipes that can be checked before the first case.
package protocol EngineFactory: Sendable {
    func makeEngine(for route: ServiceConfiguration.Route) throws(ConfigurationProblem) -> any CaseEngine
}
