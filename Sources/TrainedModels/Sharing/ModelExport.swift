import Compression
package import Files
import Foundation

/// The files of a data set's trained models that nnU-Net shares as one zip archive, in its order and under its names.
package struct ModelExport: Sendable {
    /// What is shared.
    package struct Selection: Sendable {
        /// Names of trainer, plans and configurations; each configuration's model folder is `Trainer__Plans__Configuration`.
        package var trainer = "nnUNetTrainer"
        /// The plans' name.
        package var plans = "nnUNetPlans"
        /// The configurations, in the order in which they are stored.
        package var configurations = ["3d_lowres", "3d_fullres", "2d", "3d_cascade_fullres"]
        /// Numbers or `all`.
        package var folds = ["0", "1", "2", "3", "4"]
        /// The files' names in each fold.
        package var checkpoints = ["checkpoint_final.pth"]
        /// Whether the predictions of the validation go along.
        package var includesPredictions = false
        /// Whether what was not trained is an error; otherwise it is left out.
        package var isStrict = true

        /// What nnU-Net shares when nothing is said.
        package init() {}
    }

    /// One file and its name in the archive.
    package struct Entry: Sendable, Hashable {
        /// Below the folder of all results, with `/` between folders.
        package let name: String
        /// Where the file lies.
        package let path: String
    }

    /// In the order of the archive.
    package private(set) var entries: [Entry] = []
    /// What was not there and is left out, for people; empty where the selection is strict.
    package private(set) var leftOut: [String] = []

    private let results: String
    private let dataset: String
    private let selection: Selection

    /// Finds the files.
    ///
    /// - Parameters:
    ///   - results: the folder of all results (`nnUNet_results`).
    ///   - dataset: the data set's folder in it.
    ///   - selection: what is shared.
    /// - Throws: `Problem` of kind `missing` for the first file or folder that should be there.
    package init(results: String, dataset: String, selection: Selection) throws(Problem) {
        self.results = results
        self.dataset = dataset
        self.selection = selection
        for configuration in selection.configurations {
            try addModel("\(selection.trainer)__\(selection.plans)__\(configuration)", configuration)
        }
        guard !entries.isEmpty else {
            let names = selection.configurations.joined(separator: ", ")
            throw .missingModelFile(results + "/" + dataset, "none of the configurations \(names) is there")
        }
        addEnsembles()
        addIfThere("\(dataset)/inference_information.json")
    }

    /// Writes the archive, which appears under its name only when it is whole.
    ///
    /// - Parameters:
    ///   - path: the archive.
    ///   - progress: told again and again which part is written, 0 to 1; false gives up with `Problem.cancelled`.
    /// - Throws: `Problem` where a file can't be read or the archive can't be written.
    package func write(to path: String, progress: (_ part: Double) -> Bool = { _ in true }) throws(Problem) {
        let archive = try ZipWriter(path: path)
        for entry in entries {
            // Weights hardly shrink, however long one tries.
            let level = selection.checkpoints.contains { entry.name.hasSuffix("/" + $0) } ? 1 : 6
            try archive.addFile(named: entry.name, contentOf: entry.path, level: level)
        }
        try archive.finish(progress: progress)
    }

    private mutating func addModel(_ model: String, _ configuration: String) throws(Problem) {
        let folder = "\(dataset)/\(model)"
        guard isThere(folder) else {
            return try leaveOut(folder, "the configuration \(configuration) has not been trained")
        }
        let before = entries.count
        for fold in selection.folds { try addFold("\(folder)/fold_\(fold)") }
        guard entries.count > before else { return }
        let crossValidation = "\(folder)/crossval_results_folds_\(selection.folds.joined(separator: "_"))"
        if selection.includesPredictions {
            for name in names(in: crossValidation) { addIfThere("\(crossValidation)/\(name)") }
        } else {
            for name in Self.assessment { addIfThere("\(crossValidation)/\(name)") }
        }
        for name in ["plans.json", "dataset_fingerprint.json", "dataset.json"] { try add("\(folder)/\(name)") }
    }

    /// What says how good predictions are and how they are postprocessed.
    private static let assessment = ["summary.json", "postprocessing.pkl", "postprocessing.json"]

    private mutating func addFold(_ fold: String) throws(Problem) {
        guard isThere(fold) else { return try leaveOut(fold, "the fold has not been trained") }
        addIfThere("\(fold)/debug.json")
        for checkpoint in selection.checkpoints {
            guard addIfThere("\(fold)/\(checkpoint)") else {
                throw .missingModelFile("\(results)/\(fold)/\(checkpoint)", "there is no such checkpoint")
            }
        }
        try add("\(fold)/progress.png")
        addIfThere("\(fold)/network_architecture.pdf")
        guard selection.includesPredictions else { return try add("\(fold)/validation/summary.json") }
        for name in names(in: "\(fold)/validation") where !name.hasSuffix(".npz") && !name.hasSuffix(".pkl") {
            addIfThere("\(fold)/validation/\(name)")
        }
    }

    /// Those all of whose members are shared; which folds they are of does not matter.
    private mutating func addEnsembles() {
        let shared = Set(selection.configurations.map { "\(selection.trainer)__\(selection.plans)__\($0)" })
        for name in names(in: "\(dataset)/ensembles") {
            let members = name.split(separator: "___", omittingEmptySubsequences: false).map(String.init).dropFirst().dropLast()
            guard !members.isEmpty, members.allSatisfy(shared.contains) else { continue }
            for file in Self.assessment { addIfThere("\(dataset)/ensembles/\(name)/\(file)") }
        }
    }

    // MARK: Files below the results

    private func isThere(_ folder: String) -> Bool { FileManager.default.fileExists(atPath: results + "/" + folder) }

    private func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: results + "/" + folder)) ?? []).sorted()
    }

    /// Whether a file of this name was there.
    @discardableResult
    private mutating func addIfThere(_ name: String) -> Bool {
        var isFolder: ObjCBool = false
        let path = results + "/" + name
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { return false }
        entries.append(Entry(name: name, path: path))
        return true
    }

    private mutating func add(_ name: String) throws(Problem) {
        if !addIfThere(name) { try leaveOut(name, "there is no such file") }
    }

    private mutating func leaveOut(_ name: String, _ reason: String) throws(Problem) {
        guard !selection.isStrict else { throw .missingModelFile("\(results)/\(name)", reason) }
        leftOut.append("\(results)/\(name): left out: \(reason)")
    }
}

extension Problem {
    /// What should be shared and is not there.
    fileprivate static func missingModelFile(_ path: String, _ reason: String) -> Problem {
        Problem(
            .missing, of: .model, at: path, reason, advice: "choose what was trained (-c, -f, -chk), or say --not_strict to leave it out")
    }
}
