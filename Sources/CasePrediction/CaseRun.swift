import Files
import Imaging
import NIfTI
import Plans
import Preprocessing
import Segmentation
import Tensors
import TrainedModels

/// One case on its way through one predictor.
struct CaseRun {
    let predictor: CasePredictor
    let files: CaseFiles
    let progress: (CaseProgress) -> Void
    let isCancelled: () -> Bool
    private let modelCount: Int
    private(set) var modelIndex = 0
    var stopwatch = Stopwatch()
    var warnings: [String] = []
    /// Bytes of the logits that wait for those of further models.
    private var heldLogits = 0

    /// What one model gave for the case.
    private struct Prediction {
        let logits: Logits
        /// How the model's own reader saw the case.
        let source: NIfTISource
    }

    init(predictor: CasePredictor, files: CaseFiles, progress: @escaping (CaseProgress) -> Void, isCancelled: @escaping () -> Bool) {
        self.predictor = predictor
        self.files = files
        self.progress = progress
        self.isCancelled = isCancelled
        modelCount = predictor.models.reduce(0) { $0 + $1.stages.count }
    }

    /// Labels on the first model's grid, and the probabilities where they are kept.
    private struct Exported: ~Copyable {
        var labels: LabelMap
        let probabilities: ProbabilityMap?
    }

    /// Runs every step.
    mutating func outcome() throws(Problem) -> CaseOutcome {
        try requireLabelMaps()
        let predictions = try predictions()
        guard let source = predictions.first?.source, let properties = predictions.first?.logits.properties else {
            throw .computation(problem: "no model ran")
        }
        var exported = try export(consume predictions, onGridOf: source)
        if let recipe = predictor.postprocessing, !recipe.steps.isEmpty {
            let start = try begin(.postprocess, model: modelCount - 1)
            Postprocessor(recipe: recipe).apply(&exported.labels, team: predictor.pool.team)
            stopwatch.add(.postprocess, since: start)
        }
        let probabilities = exported.probabilities
        return CaseOutcome(
            name: files.name, labels: exported.labels, source: source, readerWriter: predictor.readerWriter,
            properties: StoredCaseProperties(properties, source: source),
            probabilities: probabilities, timings: stopwatch.timings, warnings: warnings,
            meaning: predictor.description.labels)
    }

    /// What each model gives, in the models' order.
    private mutating func predictions() throws(Problem) -> [Prediction] {
        var predictions: [Prediction] = []
        for (model, agreement) in zip(predictor.models, predictor.agreements) {
            predictions.append(try prediction(of: model, channels: agreement.imageChannels))
            heldLogits += (predictions.last?.logits.values.shape.reduce(4, *)) ?? 0
        }
        return predictions
    }

    /// Averages the models and takes the labels, on the first model's grid; the logits go with it.
    private mutating func export(_ predictions: consuming [Prediction], onGridOf source: NIfTISource) throws(Problem) -> Exported {
        let start = try begin(.export, model: modelCount - 1)
        defer { stopwatch.add(.export, since: start) }
        let (team, keeps) = (predictor.pool.team, predictor.options.keepsProbabilities)
        do throws(Problem) {
            if predictions.count == 1, !keeps {
                return Exported(labels: try exportLabels(predictions[0].logits, team: team).labelMap(source.geometry), probabilities: nil)
            }
            let exported =
                predictions.count == 1
                ? try exportProbabilities(predictions[0].logits, team: team)
                : try ensembleLabels(
                    predictions.map(\.logits), alignments: alignments(of: predictions, to: source), keepProbabilities: keeps, team: team)
            let probabilities = exported.probabilities
            return Exported(labels: exported.takeLabels(source.geometry), probabilities: probabilities)
        } catch {
            throw error.at(input: files.channelPaths[0], model: predictor.description.path)
        }
    }

    private func alignments(of predictions: [Prediction], to source: NIfTISource) -> [MemberAlignment] {
        zip(predictions, predictor.agreements).map { $1.alignment(of: $0.source, to: source) }
    }

    /// The logits of one model, its previous stage predicted or read first.
    ///
    /// - `channels`: for each of the model's channels the case's.
    private mutating func prediction(of model: CaseModel, channels: [Int]) throws(Problem) -> Prediction {
        guard let stage = model.previousStage else {
            let image = try read(with: model.folder, channels: channels)
            let source = image.source
            return Prediction(logits: try logits(of: model.folder, prepared: try prepare(image, for: model.folder)), source: source)
        }
        let previous = try previousStageLabels(stage, for: model.folder, channels: channels)
        let image = try read(with: model.folder, channels: channels)
        let source = image.source
        let prepared = try prepare(image, for: model.folder, previousStage: previous)
        return Prediction(logits: try logits(of: model.folder, prepared: prepared), source: source)
    }

    /// The labels of a cascade's first stage on the image's grid.
    private mutating func previousStageLabels(
        _ stage: CaseModel.PreviousStage, for folder: ModelFolder, channels: [Int]
    ) throws(Problem) -> LabelMap {
        switch stage {
        case .folder(let predictions):
            let start = try begin(.read, model: modelIndex)
            defer { stopwatch.add(.read, since: start) }
            let reader = try readerWriter(named: folder.plans.imageReaderWriter, fileEnding: folder.dataset.fileEnding)
            return try readLabels(path: predictions + "/" + files.name + folder.dataset.fileEnding, as: reader).takeLabels()
        case .model(let first):
            let found = try prediction(of: first, channels: channels)
            let start = try begin(.export, model: modelIndex - 1)
            defer { stopwatch.add(.export, since: start) }
            do {
                return try exportLabels(found.logits, team: predictor.pool.team).labelMap(found.source.geometry)
            } catch {
                throw error.at(input: files.channelPaths[0], model: first.folder.path)
            }
        }
    }

    private mutating func prepare(_ image: consuming NIfTIImage, for folder: ModelFolder) throws(Problem) -> PreprocessedCase {
        try requireMemory(for: image, folder, held: heldLogits)
        try load(folder)
        try requireMemory(for: image, folder, held: heldLogits)
        let start = try begin(.preprocess, model: modelIndex)
        defer { stopwatch.add(.preprocess, since: start) }
        let preprocessor = Preprocessor(plans: folder.plans, configuration: folder.configuration, labels: folder.labels)
        let spacing = image.arraySpacing
        do {
            return try preprocessor(image.takeImage(), arraySpacing: spacing, team: predictor.pool.team)
        } catch {
            throw error.at(input: files.channelPaths[0], model: folder.path)
        }
    }

    private mutating func prepare(
        _ image: consuming NIfTIImage, for folder: ModelFolder, previousStage: borrowing LabelMap
    ) throws(Problem) -> PreprocessedCase {
        try requireMemory(for: image, folder, held: heldLogits)
        try load(folder)
        try requireMemory(for: image, folder, held: heldLogits)
        let start = try begin(.preprocess, model: modelIndex)
        defer { stopwatch.add(.preprocess, since: start) }
        let preprocessor = Preprocessor(plans: folder.plans, configuration: folder.configuration, labels: folder.labels)
        let spacing = image.arraySpacing
        do {
            return try preprocessor(
                image.takeImage(), arraySpacing: spacing, previousStage: previousStage, team: predictor.pool.team)
        } catch {
            throw error.at(input: files.channelPaths[0], model: folder.path)
        }
    }

    /// Loads the model where the pool does not hold it.
    private mutating func load(_ folder: ModelFolder) throws(Problem) {
        let start = try begin(.load, model: modelIndex)
        defer { stopwatch.add(.load, since: start) }
        _ = try predictor.pool.loaded(folder)
    }

    /// Moves the model over the case.
    private mutating func logits(of folder: ModelFolder, prepared: consuming PreprocessedCase) throws(Problem) -> Logits {
        let loaded = try predictor.pool.loaded(folder)
        let start = try begin(.predict, model: modelIndex)
        defer {
            stopwatch.add(.predict, since: start)
            modelIndex += 1
        }
        let options = SlidingWindowOptions(
            stepSize: predictor.options.stepSize, useMirroring: predictor.options.useMirroring, useGaussian: predictor.options.useGaussian)
        let (model, count, report) = (modelIndex, modelCount, progress)
        do {
            return try predictLogits(
                prepared, model: loaded, options: options,
                progress: {
                    report(CaseProgress(step: .predict, model: model, modelCount: count, completed: $0.completed, total: $0.total))
                }, isCancelled: isCancelled)
        } catch {
            throw error.at(input: files.channelPaths[0], model: folder.path)
        }
    }

    /// Reports a step and gives its start; ends the case where the caller asked to stop.
    func begin(_ step: CaseStep, model: Int) throws(Problem) -> ContinuousClock.Instant {
        guard !isCancelled() else { throw .cancelled }
        progress(CaseProgress(step: step, model: model, modelCount: modelCount))
        return ContinuousClock.now
    }
}
