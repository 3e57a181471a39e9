import Archives
import CasePrediction
import Files
import Foundation
import NIfTI
import PythonFormats
import Segmentation

/// A folder of predictions as nnU-Net leaves it; every file appears whole or not at all.
struct ResultFolder {
    let output: OutputFolder
    let fileEnding: String

    /// The segmentation of a case.
    func labelsPath(_ name: String) -> String { output.path + "/" + name + fileEnding }

    /// The probabilities of a case.
    func probabilitiesPath(_ name: String) -> String { output.path + "/" + name + ".npz" }

    /// The properties of a case.
    func propertiesPath(_ name: String) -> String { output.path + "/" + name + ".pkl" }

    /// Refuses a case whose files could not be written, before it is computed.
    func requireRoom(for name: String, probabilities: Bool) throws(Failure) {
        for ending in [fileEnding] + (probabilities ? [".npz", ".pkl"] : []) { try output.target(name + ending) }
    }

    /// Writes a JSON file as Python's `json.dump` with four spaces does.
    func write(_ json: OrderedJSON, to name: String, sortedKeys: Bool = false) throws {
        try AtomicFile.write(Array(json.pythonText(sortedKeys: sortedKeys).utf8), to: output.target(name))
    }

    /// Writes a predicted case; the labels come last, so that a case with labels is a complete one.
    func write(_ outcome: borrowing CaseOutcome) throws(Problem) {
        if outcome.probabilities != nil {
            try outcome.writeProbabilities(to: probabilitiesPath(outcome.name))
            try outcome.writeProperties(to: propertiesPath(outcome.name))
        }
        try outcome.writeLabels(to: labelsPath(outcome.name))
    }

    /// Whether a case's results are there and read back whole, on the grid of a case that can still be read whole itself.
    ///
    /// An interrupted copy or a file of another program is not trusted by its name, nor is a mask whose input has been damaged since.
    func isComplete(_ item: InputCase, reader: NIfTIReaderWriter, probabilities: Bool) -> Bool {
        let labelsPath = labelsPath(item.name)
        guard FileManager.default.fileExists(atPath: labelsPath), let labels = try? readLabels(path: labelsPath, as: reader),
            let input = try? item.source(as: reader), labels.source.difference(from: input) == nil
        else { return false }
        guard probabilities else { return true }
        guard FileManager.default.fileExists(atPath: propertiesPath(item.name)),
            let array = try? readNPZ(path: probabilitiesPath(item.name))
        else { return false }
        return array.shape.dropFirst().reduce(1, *) == labels.labels.geometry.voxelCount
    }
}
