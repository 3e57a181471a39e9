import CasePrediction
import Files
import Foundation
import ImageFiles
import PythonFormats
import Segmentation

/// A folder of predictions as nnU-Net leaves it; every file appears whole or not at all.
struct ResultFolder {
    let output: OutputFolder
    let fileEnding: String
    /// What is written for each case.
    let files: ResultSet

    /// The segmentation of a case.
    func labelsPath(_ name: String) -> String { output.path + "/" + name + fileEnding }

    /// Refuses a case whose files could not be written, before it is computed.
    func requireRoom(for name: String) throws(Failure) {
        for file in files.files { try output.target(file.name(of: name)) }
    }

    /// Writes a JSON file as Python's `json.dump` with four spaces does.
    func write(_ json: OrderedJSON, to name: String, sortedKeys: Bool = false) throws {
        try AtomicFile.write(Array(json.pythonText(sortedKeys: sortedKeys).utf8), to: output.target(name))
    }

    /// Writes a predicted case.
    func write(_ outcome: borrowing CaseOutcome, _ record: inout CaseRecord) throws(Problem) {
        try files.write(outcome, &record, into: output.path)
    }

    /// Whether a case's results are there and read back whole, on the grid of a case that can still be read whole itself.
    ///
    /// An interrupted copy or a file of another program is not trusted by its name, nor is a mask whose input has been damaged since.
    func isComplete(_ item: InputCase, reader: ReaderWriter) -> Bool {
        guard FileManager.default.fileExists(atPath: labelsPath(item.name)), let input = try? item.source(as: reader) else { return false }
        return (try? files.verify(item.name, in: output.path, onGridOf: input)) != nil
    }
}
