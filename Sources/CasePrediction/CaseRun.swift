import Files
import ImageFiles
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
    /// The case's place among others of its folder; nil for a case by itself.
    let place: CasePlace?
    let modelCount: Int
    var modelIndex = 0
    var stopwatch = Stopwatch()
    var warnings: [String] = []
    /// What the models before this one hold.
    var beside = Beside()
    /// Prepared for a model before, and wanted by one that comes.
    var shared: [Shared] = []

    /// Bytes that models of the case hold beside one that is made ready.
    struct Beside {
        /// Of logits that are there and wait.
        var heldLogits = 0
        /// Of logits that will be there at a time.
        var comingLogits = 0
        /// Of models that stay loaded.
        var models = 0
    }

    init(
        predictor: CasePredictor, files: CaseFiles, place: CasePlace?, progress: @escaping (CaseProgress) -> Void,
        isCancelled: @escaping () -> Bool
    ) {
        self.predictor = predictor
        self.files = files
        self.place = place
        self.progress = progress
        self.isCancelled = isCancelled
        modelCount = predictor.models.reduce(0) { $0 + $1.stages.count }
    }

    /// Labels on the first model's grid, and what goes with them.
    struct Found: ~Copyable {
        var labels: LabelMap
        let source: ImageSource
        let properties: CaseProperties
        /// Where they are kept.
        let probabilities: ProbabilityMap?

        init(labels: consuming LabelMap, source: ImageSource, properties: CaseProperties) {
            self.labels = labels
            self.source = source
            self.properties = properties
            probabilities = nil
        }

        init(_ exported: consuming ExportedCase, source: ImageSource, properties: CaseProperties) {
            probabilities = exported.probabilities
            labels = exported.takeLabels(source.geometry)
            self.source = source
            self.properties = properties
        }
    }

    /// The threads to prepare with: the model's, unless another case is being computed on them.
    var preparationTeam: ThreadTeam { place?.hasTurn ?? true ? predictor.pool.team : ThreadTeam(threadCount: 1) }

    /// Runs every step.
    mutating func outcome() throws(Problem) -> CaseOutcome {
        try requireLabelMaps()
        begin()
        var found = try found()
        if let recipe = predictor.postprocessing, !recipe.steps.isEmpty {
            let start = try begin(.postprocess, model: modelCount - 1)
            Postprocessor(recipe: recipe).apply(&found.labels, team: predictor.pool.team)
            stopwatch.add(.postprocess, since: start)
        }
        let (source, properties, probabilities) = (found.source, found.properties, found.probabilities)
        return CaseOutcome(
            name: files.name, labels: found.labels, source: source, readerWriter: predictor.readerWriter,
            properties: StoredCaseProperties(properties, source: source, reader: predictor.readerWriter),
            probabilities: probabilities, timings: stopwatch.timings, warnings: warnings,
            meaning: predictor.description.labels)
    }

    /// The labels of all models together.
    private mutating func found() throws(Problem) -> Found {
        if predictor.models.count == 1, !predictor.options.keepsProbabilities {
            return try labels(of: predictor.models[0], channels: predictor.agreements[0].imageChannels)
        }
        return predictor.modelsFitTogether ? try labelsTogether() : try labelsInTurn()
    }

    /// The labels of one model alone, decided strip by strip as its logits become final.
    ///
    /// - `channels`: for each of the model's channels the case's.
    mutating func labels(of model: CaseModel, channels: [Int]) throws(Problem) -> Found {
        let prepared = try prepared(for: model, channels: channels, isStreamed: true)
        let source = prepared.source
        let stream = try begin(prepared.input, model.folder)
        do {
            var export = try LabelExport(stream.logits, team: predictor.pool.team)
            while let rows = try advance(stream, model: modelIndex, model.folder) {
                let start = ContinuousClock.now
                try export.take(rows)
                stopwatch.add(.export, since: start)
            }
            modelIndex += 1
            return Found(
                labels: export.labels().labelMap(source.geometry), source: source, properties: stream.logits.properties)
        } catch {
            throw error.at(input: files.channelPaths[0], model: model.folder.path)
        }
    }

    /// Begins to move the model over the case.
    mutating func begin(_ input: NetworkInput, _ folder: ModelFolder) throws(Problem) -> LogitStream {
        let loaded = try predictor.pool.loaded(folder)
        _ = try begin(.predict, model: modelIndex)
        let options = SlidingWindowOptions(
            stepSize: predictor.options.stepSize, useMirroring: predictor.options.useMirroring, useGaussian: predictor.options.useGaussian)
        do {
            return try LogitStream(input, model: loaded, options: options)
        } catch {
            throw error.at(input: files.channelPaths[0], model: folder.path)
        }
    }

    /// Evaluates the next strip; gives the rows that are final now, and nil at the end.
    mutating func advance(_ stream: LogitStream, model: Int, _ folder: ModelFolder) throws(Problem) -> FinalRows? {
        let start = ContinuousClock.now
        defer { stopwatch.add(.predict, since: start) }
        let (count, report) = (modelCount, progress)
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
