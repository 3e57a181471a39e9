import Archives
import CasePrediction
import Foundation
import ImageIO
import Segmentation
import TrainedModels

/// A folder of predictions as nnU-Net leaves it; every file appears whole or not at all.
struct ResultFolder {
    let path: String
    let fileEnding: String

    /// The segmentation of a case.
    func labelsPath(_ name: String) -> String { path + "/" + name + fileEnding }

    /// The probabilities of a case.
    func probabilitiesPath(_ name: String) -> String { path + "/" + name + ".npz" }

    /// The properties of a case.
    func propertiesPath(_ name: String) -> String { path + "/" + name + ".pkl" }

    /// Makes the folder.
    func prepare() throws(Failure) {
        try makeFolder(path)
    }

    /// Writes a JSON file as Python's `json.dump` with four spaces does.
    func write(_ json: OrderedJSON, to name: String, sortedKeys: Bool = false) throws(CasePredictionError) {
        do {
            let file = try AtomicFile(path: path + "/" + name)
            try file.write(Array(json.pythonText(sortedKeys: sortedKeys).utf8))
            try file.commit()
        } catch {
            throw CasePredictionError(error)
        }
    }

    /// Writes a predicted case; the labels come last, so that a case with labels is a complete one.
    func write(_ outcome: borrowing CaseOutcome) throws(CasePredictionError) {
        if outcome.probabilities != nil {
            try outcome.writeProbabilities(to: probabilitiesPath(outcome.name))
            try outcome.writeProperties(to: propertiesPath(outcome.name))
        }
        try outcome.writeLabels(to: labelsPath(outcome.name))
    }

    /// Whether a case's results are there and read back whole, the labels on the case's own grid.
    ///
    /// An interrupted copy or a file of another program is not trusted by its name.
    func isComplete(_ item: InputCase, reader: NIfTIReaderWriter, probabilities: Bool) -> Bool {
        let labelsPath = labelsPath(item.name)
        guard FileManager.default.fileExists(atPath: labelsPath), let labels = try? readLabels(path: labelsPath, as: reader) else {
            return false
        }
        if case .files(let files) = item, let first = files.channelPaths.first {
            guard let input = try? NIfTIHeaderSummary(path: first), let output = try? NIfTIHeaderSummary(path: labelsPath),
                input.dimensions == output.dimensions
            else { return false }
        }
        guard probabilities else { return true }
        let voxelCount = labels.labels.geometry.voxelCount
        guard FileManager.default.fileExists(atPath: propertiesPath(item.name)),
            let array = try? readNPZ(path: probabilitiesPath(item.name))
        else { return false }
        return array.shape.dropFirst().reduce(1, *) == voxelCount
    }
}
