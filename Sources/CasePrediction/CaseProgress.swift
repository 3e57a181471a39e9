/// The steps of one case that are timed and reported.
public enum CaseStep: String, Sendable, Codable, CaseIterable {
    /// Reading the channel files.
    case read
    /// Transposing, cropping, normalising, resampling.
    case preprocess
    /// Opening and preparing a model's weights (short when the pool still holds it).
    case load
    /// The sliding window over all folds.
    case predict
    /// Resampling the logits back, averaging models, taking the labels.
    case export
    /// The connected components of a postprocessing recipe.
    case postprocess
    /// Writing the labels and reading them back.
    case write
}

/// How far a case is.
public struct CaseProgress: Sendable {
    /// The step that runs.
    public let step: CaseStep
    /// Which model runs, from 0; previous stages of cascades count as models.
    public let model: Int
    /// How many models the case needs.
    public let modelCount: Int
    /// Tiles done of this model, all folds and mirrorings counted as nnU-Net shows them.
    public let completed: Int
    /// Tiles to do for this model; 0 in steps without tiles.
    public let total: Int

    /// Makes a report.
    public init(step: CaseStep, model: Int, modelCount: Int, completed: Int = 0, total: Int = 0) {
        self.step = step
        self.model = model
        self.modelCount = modelCount
        self.completed = completed
        self.total = total
    }
}

/// How long a step took.
public struct StepTiming: Sendable, Codable, Equatable {
    /// The step.
    public let step: CaseStep
    /// Wall time over all models, s.
    public let seconds: Double

    /// Joins a step and its time.
    public init(step: CaseStep, seconds: Double) {
        self.step = step
        self.seconds = seconds
    }
}
