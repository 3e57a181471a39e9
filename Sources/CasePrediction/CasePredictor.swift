package import Files
import Imaging
package import ImageFiles
package import Plans
import Segmentation
import Tensors
package import TrainedModels

/// Predicts cases with one model or the average of several, as nnU-Net would; reads the files, writes nothing.
package struct CasePredictor: Sendable {
    /// The models, at least one; several make an ensemble, averaged as `nnUNetv2_ensemble` does.
    package let models: [CaseModel]
    /// Keeps the models loaded between cases.
    package let pool: ModelPool
    /// How to predict.
    package let options: PredictionOptions
    /// Applied to the labels at the end; nil for none.
    package let postprocessing: PostprocessingRecipe?
    /// nnU-Net's reader and writer class of the first model; the results are written by it.
    package let readerWriter: ReaderWriter
    /// How each model's channels and labels are those of the first.
    let agreements: [MemberAgreement]

    /// Joins models that fit together.
    ///
    /// Models whose channels or labels have the same names in another order are put into the first one's order, and so are the axes of
    /// their readers.
    ///
    /// - Throws: `.badModel` where channels, labels, regions or file endings differ in anything else, or a model's images are of a format that
    ///   is not read.
    package init(
        models: [CaseModel], pool: ModelPool, options: PredictionOptions = PredictionOptions(),
        postprocessing: PostprocessingRecipe? = nil
    ) throws(Problem) {
        guard let first = models.first else {
            throw .badModel(path: "", problem: "no model is given", advice: "name at least one model folder")
        }
        self.models = models
        self.pool = pool
        self.options = options
        self.postprocessing = postprocessing
        readerWriter = try Self.readerWriter(of: first.folder)
        var agreements: [MemberAgreement] = []
        for model in models {
            for stage in model.stages { _ = try Self.readerWriter(of: stage) }
            for (stage, second) in zip(model.stages, model.stages.dropFirst()) { try MemberAgreement.requireCascade(stage, before: second) }
            agreements.append(try MemberAgreement(of: .init(model.folder), with: .init(first.folder)))
        }
        self.agreements = agreements
    }

    /// The labels, names and files that all models share.
    package var description: ModelFolder { models[0].folder }

    /// For people: what of the models had to be put into the first one's order, and what is unusual about the first one's labels, by which
    /// masks are written, whatever the case.
    package var modelWarnings: [String] { agreements.flatMap(\.notes) + description.labels.warnings }

    /// Whether every model may be loaded at once: within the pool's budget, and half of the memory there is left to the case.
    var modelsFitTogether: Bool {
        models.reduce(0) { $0 + pool.footprint(of: $1.folder) } <= min(pool.memoryBudget, options.memoryLimit / 2)
    }

    /// Channels a case must have.
    package var channelCount: Int { description.dataset.channelNames.count }

    /// The DICOM modalities that are taken: as the options say, or as the first channel is called.
    package var modalities: DICOMModalities {
        DICOMModalities(given: options.modalities, channelName: description.dataset.channelNames.first ?? "")
    }

    /// The ending of the case's files and of the results, as in `.nii.gz`.
    package var fileEnding: String { description.dataset.fileEnding }

    /// Predicts one case.
    ///
    /// - `place`: the case's place among others of its folder, which is left when its labels are there; nil for a case by itself.
    /// - `progress`: called on the calling thread, at the start of every step and after every tile.
    /// - `isCancelled`: asked between steps and tiles; true ends with `.cancelled`.
    package func predict(
        _ files: CaseFiles, place: CasePlace? = nil, progress: (CaseProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(Problem) -> CaseOutcome {
        defer { place?.leave() }
        guard files.channelPaths.count == channelCount || readerWriter.filesHoldSeveralChannels else {
            throw .badInput(
                path: files.channelPaths.first ?? files.name, problem: "the case has \(files.channelPaths.count) channel file(s)",
                advice: "the model takes \(channelCount): \(description.dataset.channelNames.joined(separator: ", "))")
        }
        return try withoutActuallyEscaping(progress) { progress throws(Problem) in
            try withoutActuallyEscaping(isCancelled) { isCancelled throws(Problem) in
                var run = CaseRun(predictor: self, files: files, place: place, progress: progress, isCancelled: isCancelled)
                return try run.outcome()
            }
        }
    }

    private static func readerWriter(of folder: ModelFolder) throws(Problem) -> ReaderWriter {
        try CasePrediction.readerWriter(
            named: folder.plans.imageReaderWriter, fileEnding: folder.dataset.fileEnding, of: folder.path)
    }
}
