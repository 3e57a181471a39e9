import Files
import ImageFiles
import Imaging
import NIfTI
import Preprocessing
import Tensors
import TrainedModels

extension CaseRun {
    /// A case as a model's network takes it, and how the model's own reader saw it.
    struct Prepared {
        let input: NetworkInput
        let source: ImageSource
    }

    /// What was prepared for one model, kept for another that would make the same of the case.
    struct Shared {
        let folder: ModelFolder
        let channels: [Int]
        let memory: CaseMemory
        let prepared: Prepared

        func serves(_ other: ModelFolder, channels: [Int]) -> Bool {
            self.channels == channels && folder.plans.imageReaderWriter == other.plans.imageReaderWriter
                && folder.dataset.fileEnding == other.dataset.fileEnding
                && Preprocessor(ModelFacts(folder)).preparesAlike(Preprocessor(ModelFacts(other)))
        }
    }

    /// A first stage's labels on the image's grid.
    private final class StageLabels {
        let map: LabelMap

        init(_ map: consuming LabelMap) { self.map = map }
    }

    /// Reads and prepares the case, or takes what was prepared for a model before; the labels of a previous stage are predicted or read first.
    ///
    /// Where another case is computed, that happens beside it as long as both fit into the memory; the model is loaded when it is this one's
    /// turn.
    mutating func prepared(for model: CaseModel, channels: [Int], isStreamed: Bool) throws(Problem) -> Prepared {
        let folder = model.folder
        defer { shared = shared.filter(isWantedLater) }
        if let known = shared.first(where: { $0.serves(folder, channels: channels) }) {
            try makeReady(folder, memoryNeed(known.memory, folder, isStreamed: isStreamed))
            return known.prepared
        }
        let previous = try previousStageLabels(model, channels: channels)
        let image = try read(with: folder, channels: channels)
        let source = image.source
        var need = try memoryNeed(of: image, folder, isStreamed: isStreamed)
        let isAhead = place?.mayGoAhead(holding: need.memory.preparation) ?? false
        if !isAhead { try makeReady(folder, need) }
        let input = try prepare(image, for: folder, previous, team: isAhead ? ThreadTeam(threadCount: 1) : predictor.pool.team)
        need.isPrepared = true
        if isAhead { try makeReady(folder, need) }
        let prepared = Prepared(input: input, source: source)
        shared.append(Shared(folder: folder, channels: channels, memory: need.memory, prepared: prepared))
        return prepared
    }

    /// Waits for the case's turn where its image can't be held beside the case that is computed.
    func begin() {
        guard let place else { return }
        let voxelCount = (try? readGrid(path: files.channelPaths[0], as: predictor.readerWriter))?.geometry.voxelCount
        let bytes = voxelCount.map { $0.multipliedReportingOverflow(by: predictor.channelCount * MemoryLayout<Float>.size) }
        guard let bytes, !bytes.overflow, place.mayGoAhead(holding: bytes.partialValue) else { return place.takeTurn() }
    }

    /// Whether a model that comes later in the case would prepare it alike.
    private func isWantedLater(_ shared: Shared) -> Bool {
        let stages = zip(predictor.models, predictor.agreements).flatMap { model, agreement in
            model.stages.map { (folder: $0, channels: agreement.imageChannels) }
        }
        return stages.dropFirst(modelIndex + 1).contains { shared.serves($0.folder, channels: $0.channels) }
    }

    /// Nil for a model that has no previous stage.
    private mutating func previousStageLabels(_ model: CaseModel, channels: [Int]) throws(Problem) -> StageLabels? {
        switch model.previousStage {
        case nil: return nil
        case .folder(let predictions):
            let start = try begin(.read, model: modelIndex)
            defer { stopwatch.add(.read, since: start) }
            let (plans, ending) = (model.folder.plans, model.folder.dataset.fileEnding)
            let reader = try readerWriter(named: plans.imageReaderWriter, fileEnding: ending)
            return StageLabels(try readLabels(path: predictions + "/" + files.name + ending, as: reader).takeLabels())
        case .model(let first):
            let found = try labels(of: first, channels: channels)
            return StageLabels(found.labels)
        }
    }

    /// Loads the model at the case's turn, where the machine can hold case and model together.
    private mutating func makeReady(_ folder: ModelFolder, _ need: MemoryNeed) throws(Problem) {
        place?.takeTurn()
        _ = try requireMemory(need, folder)
        try load(folder)
        let peak = try requireMemory(need, folder)
        if modelIndex == modelCount - 1 { place?.settle(peak: peak) }
    }

    private mutating func prepare(
        _ image: consuming PresentedImage, for folder: ModelFolder, _ previous: StageLabels?, team: ThreadTeam
    ) throws(Problem) -> NetworkInput {
        let start = try begin(.preprocess, model: modelIndex)
        defer { stopwatch.add(.preprocess, since: start) }
        let spacing = image.arraySpacing
        let preprocessor = Preprocessor(ModelFacts(folder))
        do {
            guard let previous else {
                return NetworkInput(try preprocessor(image.takeImage(), arraySpacing: spacing, team: team))
            }
            return NetworkInput(
                try preprocessor(image.takeImage(), arraySpacing: spacing, previousStage: previous.map, team: team))
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
}
