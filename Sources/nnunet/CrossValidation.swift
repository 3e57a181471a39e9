import ArgumentParser
import CasePrediction
import Evaluation
import Files
import Foundation
import ImageFiles
import Plans
import PythonFormats
import SystemPackage
import Tensors

/// A trained model's predictions of the cases that its folds were validated with.
struct CrossValidation {
    /// The folder with plans.json, dataset.json and the folds.
    let modelFolder: String
    let folds: [Int]
    let dataset: DatasetDescription
    let plans: Plans
    private let labels: LabelScheme

    /// - Throws: `.missing` where a fold has no validation folder: it was not trained to its end.
    init(modelFolder: String, folds: [Int]) throws {
        self.modelFolder = modelFolder
        self.folds = folds
        dataset = try DatasetDescription(contentsOf: joinedPath(modelFolder, "dataset.json"))
        labels = try LabelScheme(dataset, path: joinedPath(modelFolder, "dataset.json"))
        plans = try Plans(contentsOf: joinedPath(modelFolder, "plans.json"))
        for fold in folds where (try? FileSystem.status(of: FilePath(validationFolder(fold))).facts.kind) != .folder {
            throw Failure(
                .missing,
                "\(modelFolder): fold \(fold) is missing: there is no folder \(validationFolder(fold)); train it to its end, or"
                    + " leave it out with -f")
        }
    }

    /// - Throws: where the folds can't be meant.
    static func check(folds: [Int]) throws {
        guard !folds.isEmpty, folds.allSatisfy({ $0 >= 0 }), Set(folds).count == folds.count else {
            throw ValidationError("-f takes numbers of folds, each once, not \(folds.map(String.init).joined(separator: " "))")
        }
    }

    /// The folds as nnU-Net has them in names of folders: `0_1_2`.
    static func text(of folds: [Int]) -> String { folds.map(String.init).joined(separator: "_") }

    /// Where the merged predictions lie when no other place is asked for.
    var mergedFolder: String { joinedPath(modelFolder, "crossval_results_folds_" + Self.text(of: folds)) }

    private func validationFolder(_ fold: Int) -> String { joinedPath(modelFolder, "fold_\(fold)/validation") }

    /// The files of all folds with an ending, each with its folder.
    ///
    /// - Parameters:
    ///   - ending: of the files' names.
    ///   - advice: what to do where a fold has none.
    /// - Throws: where two folds have the same file, or one has none.
    /// - Returns: folders by names of files.
    func places(ofFilesEnding ending: String, advice: String) throws -> [String: String] {
        var places: [String: String] = [:]
        for fold in folds {
            let folder = validationFolder(fold)
            let names = try CaseGrouping.fileNames(in: folder).filter { $0.hasSuffix(ending) }
            guard !names.isEmpty else { throw Failure(.missing, "\(folder): no file ends with \(ending); \(advice)") }
            for name in names {
                if let other = places[name] {
                    throw Failure(
                        .badInput,
                        "\(joinedPath(folder, name)): \(other) has a prediction of this case, too; a case is validated in one fold",
                        ofOneCase: false)
                }
                places[name] = folder
            }
        }
        return places
    }

    /// Where the true label maps of the model's dataset lie: with the raw images, else with the preprocessed ones.
    func references(in folders: NnUNetFolders) throws(Failure) -> String {
        let places = [(NnUNetFolders.Root.raw, "labelsTr"), (.preprocessed, "gt_segmentations")]
        var searched: [String] = []
        for (root, name) in places {
            guard let path = try? folders.path(of: root) else { continue }
            let folder = joinedPath(path, plans.datasetName + "/" + name)
            if (try? FileSystem.status(of: FilePath(folder)).facts.kind) == .folder { return folder }
            searched.append(folder)
        }
        let text = searched.isEmpty ? "nnUNet_raw and nnUNet_preprocessed are not set" : searched.joined(separator: ", ")
        throw Failure(.missing, "the true label maps of \(plans.datasetName) are not there (\(text))")
    }

    /// Merges the folds' label maps into a folder and judges them.
    ///
    /// - Parameters:
    ///   - output: the folder, which appears whole.
    ///   - references: the folder of true label maps.
    ///   - keepsExisting: whether what lies in the folder stays, and only what it lacks is added.
    /// - Throws: where a case is unusable or nothing can be written.
    /// - Returns: the mean Dice of the foreground.
    func merge(into output: String, references: String, keepsExisting: Bool = false) throws -> Double {
        var places = try places(ofFilesEnding: dataset.fileEnding, advice: "validate the fold again")
        let target = try FolderTarget(output, keepsExisting: keepsExisting)
        for name in ["dataset.json", "plans.json"] { try target.copy(name, from: modelFolder) }
        let kept = places.keys.filter(target.holds)
        for name in kept { places[name] = target.folder }
        for (name, folder) in places where folder != target.folder {
            try Interruption.check()
            try target.copy(name, from: folder)
        }
        if kept.count == places.count, let dice = target.keptDice { return dice }
        let dice = try judge(places, in: target, references: references)
        try target.commit()
        return dice
    }

    /// Judges the label maps of a folder and writes its summary.
    ///
    /// - Parameters:
    ///   - places: each label map, and the folder that it is in now.
    ///   - target: the folder that it is in afterwards.
    ///   - references: the folder of true label maps.
    /// - Throws: `.missing` where one has no reference, and whatever keeps one from being judged.
    /// - Returns: the mean Dice of the foreground.
    func judge(_ places: [String: String], in target: FolderTarget, references: String) throws -> Double {
        let names = places.keys.sorted(by: CaseNaming.precedes)
        try FolderEvaluation.requireReferences(
            of: names, from: modelFolder, among: FolderEvaluation.labelMaps(in: references, fileEnding: dataset.fileEnding),
            in: references)
        let evaluation = FolderEvaluation(
            reference: references, prediction: target.path, places: places, names: names,
            reader: try readerWriter(named: plans.imageReaderWriter, fileEnding: dataset.fileEnding), judged: labels.foreground,
            ignored: labels.ignoreLabel, team: ThreadTeam())
        let summary = try evaluation.summary()
        try target.write(summary)
        return summary.foregroundDice
    }
}
