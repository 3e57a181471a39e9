import Foundation
import ImageIO
import Imaging
import Segmentation
public import Tensors
public import TrainedModels

/// Averages predictions that were saved with their probabilities (`nnUNetv2_ensemble`).
public struct ProbabilityEnsemble: Sendable {
    /// The folders, in the order of their addition.
    public let folders: [String]
    /// The first folder's dataset.json.
    public let dataset: DatasetDescription
    /// The cases, the same in every folder, sorted by code point.
    public let caseNames: [String]

    private let plans: Plans
    private let labels: LabelScheme
    private let team: ThreadTeam

    /// Reads plans and dataset of the first folder and lists the cases.
    ///
    /// - Throws: `.badInput` where the folders do not hold the same cases, with the missing ones named.
    public init(folders: [String], team: ThreadTeam) throws(CasePredictionError) {
        guard let first = folders.first else { throw .badInput(path: "", problem: "no folder is given", advice: "name at least one") }
        self.folders = folders
        self.team = team
        do {
            plans = try Plans(contentsOf: first + "/plans.json")
            dataset = try DatasetDescription(contentsOf: first + "/dataset.json")
            labels = try LabelScheme(dataset, path: first + "/dataset.json")
        } catch {
            throw CasePredictionError(error)
        }
        let names = try Self.names(in: first)
        guard !names.isEmpty else {
            throw .missing(path: first, problem: "no .npz file here", advice: "predict with --save_probabilities")
        }
        for folder in folders.dropFirst() {
            let others = try Self.names(in: folder)
            let missing = Set(names).symmetricDifference(others).sorted(by: CaseNaming.precedes)
            guard missing.isEmpty else {
                throw .badInput(
                    path: folder, problem: "it does not hold the same cases as \(first): \(missing.prefix(8).joined(separator: ", "))",
                    advice: "predict the same cases with every model")
            }
        }
        caseNames = names
    }

    /// The ending of the label files.
    public var fileEnding: String { dataset.fileEnding }

    /// One case's labels from the average of its probabilities; geometry and properties are those of the first folder.
    public func average(_ name: String, keepsProbabilities: Bool = false) throws(CasePredictionError) -> CaseOutcome {
        var stopwatch = Stopwatch()
        var start = ContinuousClock.now
        var members: [ProbabilityMap] = []
        for folder in folders { members.append(try probabilities(folder + "/" + name + ".npz")) }
        let propertiesPath = folders[0] + "/" + name + ".pkl"
        let properties: StoredCaseProperties
        do {
            properties = try StoredCaseProperties.read(path: propertiesPath)
        } catch {
            throw CasePredictionError(error)
        }
        stopwatch.add(.read, since: start)
        start = ContinuousClock.now
        let source = try properties.source(shape: Array(members[0].values.shape[1...]), path: propertiesPath)
        let reader = try readerWriter(named: plans.imageReaderWriter, fileEnding: dataset.fileEnding)
        do {
            let exported = try ensembleLabels(averaging: members, labels: labels, keepProbabilities: keepsProbabilities, team: team)
            let probabilities = exported.probabilities
            stopwatch.add(.export, since: start)
            return CaseOutcome(
                name: name, labels: exported.takeLabels(source.geometry), source: source, readerWriter: reader, properties: properties,
                probabilities: probabilities, timings: stopwatch.timings, warnings: [], meaning: labels)
        } catch {
            throw CasePredictionError(error, input: folders[0] + "/" + name + ".npz", model: folders[0])
        }
    }

    private func probabilities(_ path: String) throws(CasePredictionError) -> ProbabilityMap {
        let array: NumPyArray
        do {
            array = try readNPZ(path: path, key: "probabilities")
        } catch {
            throw CasePredictionError(error)
        }
        guard array.shape.count == 4 else {
            throw .badInput(
                path: path, problem: "the probabilities have \(array.shape.count) axes instead of 4",
                advice: "predict the case again with --save_probabilities")
        }
        var buffer = FloatBuffer(uninitializedCount: array.values.count)
        var target = buffer.mutableSpan
        let values = array.values.span
        for index in values.indices { target[unchecked: index] = values[unchecked: index] }
        return ProbabilityMap(values: Tensor(shape: array.shape, buffer: buffer))
    }

    private static func names(in folder: String) throws(CasePredictionError) -> [String] {
        try CaseGrouping.fileNames(in: folder).filter { $0.hasSuffix(".npz") }.map { String($0.dropLast(4)) }
    }
}
