/// The steps of one case that are timed and reported.
package enum CaseStep: String, Sendable, Codable, CaseIterable {
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
package struct CaseProgress: Sendable {
    /// The step that runs.
    package let step: CaseStep
    /// Which model runs, from 0; previous stages of cascades count as models.
    package let model: Int
    /// How many models the case needs.
    package let modelCount: Int
    /// Tiles done of this model, all folds and mirrorings counted as nnU-Net shows them.
    package let completed: Int
    /// Tiles to do for this model; 0 in steps without tiles.
    package let total: Int

    /// Makes a report.
    package init(step: CaseStep, model: Int, modelCount: Int, completed: Int = 0, total: Int = 0) {
        self.step = step
        self.model = model
        self.modelCount = modelCount
        self.completed = completed
        self.total = total
    }
}

/// How long a step took.
package struct StepTiming: Sendable, Codable, Equatable {
    /// The step.
    package let step: CaseStep
    /// Wall time over all models, s.
    package let seconds: Double

    /// Joins a step and its time.
    package init(step: CaseStep, seconds: Double) {
        self.step = step
        self.seconds = seconds
    }
}
