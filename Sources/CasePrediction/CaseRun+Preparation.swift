import Files
import ImageFiles
import Imaging
import NIfTI
import Preprocessing
import Tensors
import TrainedModels

extension CaseRun {
    /// A case as a model's network takes it, and how the model's own reader saw it.
    struct Prepared: ~Copyable {
        let `case`: PreprocessedCase
        let source: ImageSource
    }

    /// Reads and prepares the case; the labels of a previous stage are predicted or read first.
    mutating func prepared(for model: CaseModel, channels: [Int], isStreamed: Bool) throws(Problem) -> Prepared {
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
    private mutating func makeReady(_ folder: ModelFolder, for image: borrowing PresentedImage, isStreamed: Bool) throws(Problem) {
        try requireMemory(for: image, folder, isStreamed: isStreamed)
        try load(folder)
        try requireMemory(for: image, folder, isStreamed: isStreamed)
    }

    private mutating func prepare(
        _ image: consuming PresentedImage, for folder: ModelFolder,
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
}
