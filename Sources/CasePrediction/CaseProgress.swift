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
    /// Drawing the overlay.
    case overlay
    /// Writing the report.
    case report
}

/// How far a case is.
package struct CaseProgress: Sendable, Equatable {
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
    package init(step: CaseStep, model: Int = 0, modelCount: Int = 1, completed: Int = 0, total: Int = 0) {
        self.step = step
        self.model = model
        self.modelCount = modelCount
        self.completed = completed
        self.total = total
    }
}
