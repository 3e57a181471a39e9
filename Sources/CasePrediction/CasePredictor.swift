public import ImageIO
import Imaging
import Segmentation
import Tensors
public import TrainedModels

/// Predicts cases with one model or the average of several, as nnU-Net would; reads the files, writes nothing.
public struct CasePredictor: Sendable {
    /// The models; several make an ensemble, averaged as `nnUNetv2_ensemble` does.
    public let models: [CaseModel]
    /// Keeps the models loaded between cases.
    public let pool: ModelPool
    /// How to predict.
    public let options: PredictionOptions
    /// Applied to the labels at the end; nil for none.
    public let postprocessing: PostprocessingRecipe?

    /// Checks that the models fit together (channels, labels, file ending, readable format) and joins them.
    public init(
        models: [CaseModel], pool: ModelPool, options: PredictionOptions = PredictionOptions(),
        postprocessing: PostprocessingRecipe? = nil
    ) throws(CasePredictionError) {
        self.models = models
        self.pool = pool
        self.options = options
        self.postprocessing = postprocessing
        try Self.check(models)
    }

    /// Channels a case must have.
    public var channelCount: Int { models[0].folder.dataset.channelNames.count }

    /// The ending of the case's files and of the results, `.nii.gz` or `.nii`.
    public var fileEnding: String { models[0].folder.dataset.fileEnding }

    /// Predicts one case.
    ///
    /// - progress: called on the calling thread, at the start of every step and after every tile.
    /// - isCancelled: asked between steps and tiles; true ends with `.cancelled`.
    public func predict(
        _ files: CaseFiles, progress: (CaseProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(CasePredictionError) -> CaseOutcome {
        throw .computation(problem: "not wired yet")
    }
}
