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

    /// Labels on the first model's grid, and what goes with them.
    private struct Found: ~Copyable {
        var labels: LabelMap
        let source: NIfTISource
        let properties: CaseProperties
        /// Where they are kept.
        let probabilities: ProbabilityMap?
    }

    /// Runs every step.
    mutating func outcome() throws(Problem) -> CaseOutcome {
        try requireLabelMaps()
        var found = try found()
        if let recipe = predictor.postprocessing, !recipe.steps.isEmpty {
            let start = try begin(.postprocess, model: modelCount - 1)
            Postprocessor(recipe: recipe).apply(&found.labels, team: predictor.pool.team)
            stopwatch.add(.postprocess, since: start)
        }
        let (source, properties, probabilities) = (found.source, found.properties, found.probabilities)
        return CaseOutcome(
            name: files.name, labels: found.labels, source: source, readerWriter: predictor.readerWriter,
            properties: StoredCaseProperties(properties, source: source),
            probabilities: probabilities, timings: stopwatch.timings, warnings: warnings,
            meaning: predictor.description.labels)
    }

    /// The labels of all models together.
    private mutating func found() throws(Problem) -> Found {
        if predictor.models.count == 1, !predictor.options.keepsProbabilities {
            return try labels(of: predictor.models[0], channels: predictor.agreements[0].imageChannels)
        }
        let predictions = try predictions()
        guard let source = predictions.first?.source, let properties = predictions.first?.logits.properties else {
            throw .computation(problem: "no model ran")
        }
        let exported = try export(consume predictions, onGridOf: source)
        let probabilities = exported.probabilities
        return Found(
            labels: exported.takeLabels(source.geometry), source: source, properties: properties, probabilities: probabilities)
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
    private mutating func export(_ predictions: consuming [Prediction], onGridOf source: NIfTISource) throws(Problem) -> ExportedCase {
        let start = try begin(.export, model: modelCount - 1)
        defer { stopwatch.add(.export, since: start) }
        let (team, keeps) = (predictor.pool.team, predictor.options.keepsProbabilities)
        do throws(Problem) {
            return predictions.count == 1
                ? try exportProbabilities(predictions[0].logits, team: team)
                : try ensembleLabels(
                    predictions.map(\.logits), alignments: alignments(of: predictions, to: source), keepProbabilities: keeps, team: team)
        } catch {
            throw error.at(input: files.channelPaths[0], model: predictor.description.path)
        }
    }

    private func alignments(of predictions: [Prediction], to source: NIfTISource) -> [MemberAlignment] {
        zip(predictions, predictor.agreements).map { $1.alignment(of: $0.source, to: source) }
    }

    /// All logits of one model.
    ///
    /// - `channels`: for each of the model's channels the case's.
    private mutating func prediction(of model: CaseModel, channels: [Int]) throws(Problem) -> Prediction {
        let prepared = try prepared(for: model, channels: channels, isStreamed: false)
        let source = prepared.source
        var stream = try begin(prepared.case, model.folder)
        while try advance(&stream, model.folder) != nil {}
        modelIndex += 1
        return Prediction(logits: stream.logits, source: source)
    }

    /// The labels of one model alone, decided strip by strip as its logits become final.
    ///
    /// - `channels`: for each of the model's channels the case's.
    private mutating func labels(of model: CaseModel, channels: [Int]) throws(Problem) -> Found {
        let prepared = try prepared(for: model, channels: channels, isStreamed: true)
        let source = prepared.source
        var stream = try begin(prepared.case, model.folder)
        do {
            var export = try LabelExport(stream.logits, team: predictor.pool.team)
            while let rows = try advance(&stream, model.folder) {
                let start = ContinuousClock.now
                try export.take(rows)
                stopwatch.add(.export, since: start)
            }
            modelIndex += 1
            return Found(
                labels: export.labels().labelMap(source.geometry), source: source, properties: stream.logits.properties, probabilities: nil)
        } catch {
            throw error.at(input: files.channelPaths[0], model: model.folder.path)
        }
    }

    /// A case as a model's network takes it, and how the model's own reader saw it.
    private struct Prepared: ~Copyable {
        let `case`: PreprocessedCase
        let source: NIfTISource
    }

    /// Reads and prepares the case; the labels of a previous stage are predicted or read first.
    private mutating func prepared(for model: CaseModel, channels: [Int], isStreamed: Bool) throws(Problem) -> Prepared {
        guard let stage = model.previousStage else {
            let image = try read(with: model.folder, channels: channels)
            let source = image.source
            try makeReady(model.folder, for: image, isStreamed: isStreamed)
            return Prepared(
                case: try prepare(image, for: model.folder) { image, spacing, preprocessor, team throws(Problem) in
                    try preprocessor(image, arraySpacing: spacing, team: team)
                }, source: source)
        }
        let previous = try previousStageLabels(stage, for: model.folder, channels: channels)
        let image = try read(with: model.folder, channels: channels)
        let source = image.source
        try makeReady(model.folder, for: image, isStreamed: isStreamed)
        return Prepared(
            case: try prepare(image, for: model.folder) { image, spacing, preprocessor, team throws(Problem) in
                try preprocessor(image, arraySpacing: spacing, previousStage: previous, team: team)
            }, source: source)
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
            let found = try labels(of: first, channels: channels)
            return found.labels
        }
    }

    /// Loads the model, where the machine can hold case and model together.
    private mutating func makeReady(_ folder: ModelFolder, for image: borrowing NIfTIImage, isStreamed: Bool) throws(Problem) {
        try requireMemory(for: image, folder, held: heldLogits, isStreamed: isStreamed)
        try load(folder)
        try requireMemory(for: image, folder, held: heldLogits, isStreamed: isStreamed)
    }

    private mutating func prepare(
        _ image: consuming NIfTIImage, for folder: ModelFolder,
        _ body: (
            _ image: consuming MultichannelImage, _ arraySpacing: [Double], _ preprocessor: Preprocessor, _ team: ThreadTeam
        ) throws(Problem) -> PreprocessedCase
    ) throws(Problem) -> PreprocessedCase {
        let start = try begin(.preprocess, model: modelIndex)
        defer { stopwatch.add(.preprocess, since: start) }
        let spacing = image.arraySpacing
        do {
            return try body(image.takeImage(), spacing, Preprocessor(ModelFacts(folder)), predictor.pool.team)
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

    /// Begins to move the model over the case.
    private mutating func begin(_ prepared: consuming PreprocessedCase, _ folder: ModelFolder) throws(Problem) -> LogitStream {
        let loaded = try predictor.pool.loaded(folder)
        _ = try begin(.predict, model: modelIndex)
        let options = SlidingWindowOptions(
            stepSize: predictor.options.stepSize, useMirroring: predictor.options.useMirroring, useGaussian: predictor.options.useGaussian)
        do {
            return try LogitStream(prepared, model: loaded, options: options)
        } catch {
            throw error.at(input: files.channelPaths[0], model: folder.path)
        }
    }

    /// Evaluates the next strip; gives the rows that are final now, and nil at the end.
    private mutating func advance(_ stream: inout LogitStream, _ folder: ModelFolder) throws(Problem) -> FinalRows? {
        let start = ContinuousClock.now
        defer { stopwatch.add(.predict, since: start) }
        let (model, count, report) = (modelIndex, modelCount, progress)
        do {
            return try stream.advance(
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
