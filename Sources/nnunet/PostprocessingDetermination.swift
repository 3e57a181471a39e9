import CasePrediction
import Evaluation
import Files
import Foundation
import ImageFiles
import Plans
import PythonFormats
import Segmentation
import SystemPackage
import Tensors

/// Finds the postprocessing of a folder of predictions and leaves the files that nnU-Net leaves there.
struct PostprocessingDetermination {
    /// The folder of predictions, which gets the results.
    let predictions: String
    /// The folder of true label maps.
    let references: String
    let plansPath, datasetPath: String
    /// Whether `postprocessed` stays.
    var keepsFiles = true

    /// What came of it.
    struct Outcome {
        /// The path of `postprocessing.pkl`.
        let recipePath: String
        /// The mean Dice of the foreground without and with postprocessing.
        let before, after: Double
    }

    /// Does it all; the results appear at the end.
    @discardableResult
    func callAsFunction() throws -> Outcome {
        let plans = try Plans(contentsOf: plansPath)
        let dataset = try DatasetDescription(contentsOf: datasetPath, needsChannels: false)
        let labels = try LabelScheme(dataset, path: datasetPath)
        let evaluation = FolderEvaluation(
            reference: references, prediction: predictions,
            names: try FolderEvaluation.pairedNames(
                reference: references, prediction: predictions, fileEnding: dataset.fileEnding, acceptsMissing: true),
            reader: try readerWriter(named: plans.imageReaderWriter, fileEnding: dataset.fileEnding), judged: labels.foreground,
            ignored: labels.ignoreLabel, team: ThreadTeam())
        let folder = joinedPath(predictions, "postprocessed")
        let files = try AtomicFolder(path: FilePath(folder))
        let result = try PostprocessingSearch(labels)(score: { try evaluation.summary(after: $0) })
        for trial in result.trials { Console.line(trial.text) }
        let final = try fill(files.draft.string, shown: folder, by: evaluation, result)
        try publish(result, final, files)
        return Outcome(
            recipePath: path("postprocessing.pkl"), before: result.baseline.foregroundDice, after: final.foregroundDice)
    }

    private func path(_ name: String) -> String { joinedPath(predictions, name) }

    /// Fills `postprocessed`: with label maps and summary, or, where nothing is worth while, with copies of what there is.
    private func fill(
        _ draft: String, shown folder: String, by evaluation: FolderEvaluation, _ result: PostprocessingSearch.Result
    ) throws -> EvaluationSummary {
        guard !result.adopted.isEmpty else {
            guard keepsFiles else { return result.baseline }
            for name in try CaseGrouping.fileNames(in: predictions) where !name.hasPrefix("postprocessing.") && name != "summary.json" {
                try Interruption.check()
                try copyFile(path(name), to: draft + "/" + name)
            }
            try AtomicFile.write(Array(result.baseline.json.pythonText(sortedKeys: true).utf8), to: draft + "/summary.json")
            return result.baseline
        }
        let summary = try evaluation.summary(after: result.adopted.map(\.step), shown: folder) { name, labels throws(Problem) in
            guard keepsFiles else { return }
            let path = draft + "/" + name
            try writeLabels(labels.labels, to: path, source: labels.source, as: evaluation.reader)
            try verifyLabels(at: path, equal: labels.labels, source: labels.source, as: evaluation.reader)
        }
        try AtomicFile.write(Array(summary.json.pythonText(sortedKeys: true).utf8), to: draft + "/summary.json")
        return summary
    }

    /// Gives all results their names, once all are on the disk.
    private func publish(_ result: PostprocessingSearch.Result, _ final: EvaluationSummary, _ files: AtomicFolder) throws {
        let description = OrderedJSON.object(
            [.init("input_folder", .object(result.baseline.meansJSON)), .init("postprocessed", .object(final.meansJSON))]
                + PostprocessingRecipe.json(result.adopted))
        var contents = [
            ("postprocessing.pkl", PostprocessingRecipe.pickled(result.adopted)),
            ("postprocessing.json", Array(description.pythonText(sortedKeys: true).utf8)),
        ]
        if needsSummary(result.baseline) {
            contents.append(("summary.json", Array(result.baseline.json.pythonText(sortedKeys: true).utf8)))
        }
        let drafts = try contents.map { name, bytes in
            let file = try AtomicFile(path: path(name))
            try file.write(bytes)
            return file
        }
        try Interruption.check()
        if keepsFiles { try files.commit() } else { try FileSystem.removeTree(files.path) }
        for draft in drafts { try draft.commit() }
    }

    /// Whether `summary.json` isn't there, or is of other files than those that are.
    private func needsSummary(_ summary: EvaluationSummary) -> Bool {
        let path = path("summary.json")
        guard FileManager.default.fileExists(atPath: path) else { return true }
        let found = try? OrderedJSON(contentsOf: path)
        if summary.meansJSON.allSatisfy({ found?[$0.key]?.agrees(with: $0.value) == true }) { return false }
        Console.problem("warning: \(path): it is not of the files that are there now; it was made anew")
        return true
    }
}

extension PostprocessingSearch.Trial {
    /// One line for people.
    fileprivate var text: String {
        let name =
            switch argument {
            case .labels: "all labels together: mean Dice"
            case .one(let value): "\(value.reportKey): Dice"
            }
        let figures = String(format: "%.5f without, %.5f with the largest component alone", before, after)
        return "\(name) \(figures): \(isAdopted ? "adopted" : "left as it is")"
    }
}

extension OrderedJSON {
    /// What nnU-Net writes, too.
    private var ownMembers: [Member]? { members?.filter { !$0.key.hasPrefix("surface_") } }

    /// Whether two values are the same but for the rounding of numbers, the order of keys, and figures of surfaces; NaN agrees with NaN.
    fileprivate func agrees(with other: OrderedJSON) -> Bool {
        if let members = ownMembers, let others = other.ownMembers {
            return members.count == others.count && members.allSatisfy { other[$0.key]?.agrees(with: $0.value) == true }
        }
        guard let number = double, let expected = other.double else { return self == other }
        return number == expected || abs(number - expected) <= 1e-9 * abs(expected) || number.isNaN && expected.isNaN
    }
}
