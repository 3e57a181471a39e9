import CasePrediction
import Evaluation
import Files
import Foundation
import Plans
import PythonFormats
import Tensors

/// Finds out by cross-validation which model or ensemble of two is best for a dataset, and what to remove from its label maps.
struct BestConfiguration {
    /// A trained model by the parts of its folder's name.
    struct Model: Equatable {
        let trainer, plans, configuration: String
        /// `<trainer>__<plans>__<configuration>`
        var identifier: String { "\(trainer)__\(plans)__\(configuration)" }
    }

    /// What was judged: one model or two.
    struct Candidate {
        let identifier: String
        let models: [Model]
        /// The folder with its label maps of all cases.
        let folder: String
        /// The mean Dice of the foreground.
        let dice: Double
    }

    /// The dataset's whole name.
    let dataset: String
    let folds: [Int]
    let folders: NnUNetFolders
    /// Whether pairs of models are averaged and judged, too.
    var triesEnsembles = true
    /// Whether merged and averaged label maps that are there stay.
    var keepsExisting = false

    /// Judges every candidate, finds the best one's postprocessing and writes the instructions.
    func callAsFunction(among asked: [Model]) throws {
        let results = try joinedPath(folders.path(of: .results), dataset)
        let references = try joinedPath(folders.path(of: .preprocessed), dataset + "/gt_segmentations")
        try InputPlace.requireFolder(references, option: "gt_segmentations of the preprocessed dataset")
        let models = try available(asked)
        // What is missing is found before anything is written.
        let validations = try models.map { try CrossValidation(modelFolder: joinedPath(results, $0.identifier), folds: folds) }
        let pairs = try triesEnsembles ? averages(of: models, validations, in: results) : []
        var candidates: [Candidate] = []
        for (model, validation) in zip(models, validations) {
            let dice = try validation.merge(
                into: validation.mergedFolder, references: validation.references(in: folders), keepsExisting: keepsExisting)
            candidates.append(
                Candidate(identifier: model.identifier, models: [model], folder: validation.mergedFolder, dice: dice))
        }
        for pair in pairs {
            let dice = try pair.average.write(into: pair.folder, references: references, keepsExisting: keepsExisting)
            candidates.append(Candidate(identifier: pair.identifier, models: pair.models, folder: pair.folder, dice: dice))
        }
        for candidate in candidates { Console.line("\(candidate.identifier): mean Dice \(candidate.dice)") }
        let best = try best(of: candidates)
        Console.line("best: \(best.identifier)")
        let outcome = try PostprocessingDetermination(
            predictions: best.folder, references: references, plansPath: joinedPath(best.folder, "plans.json"),
            datasetPath: joinedPath(best.folder, "dataset.json"))()
        try InferenceInstructions(
            search: self, considered: models, candidates: candidates, best: best, postprocessing: outcome, results: results
        ).write()
    }

    /// Those that the plans have; that one of these was not trained is an error.
    private func available(_ models: [Model]) throws -> [Model] {
        var found: [Model] = []
        for model in models {
            let path = try joinedPath(folders.path(of: .preprocessed), dataset + "/\(model.plans).json")
            try InputPlace.requireFile(path, option: "-p \(model.plans)")
            let configurations = try JSONField(file: path, value: OrderedJSON(contentsOf: path)).required("configurations").members()
            guard configurations.contains(where: { $0.key == model.configuration }) else {
                Console.line("\(model.configuration) is no configuration of \(path): left out")
                continue
            }
            _ = try folders.modelFolder(
                dataset: dataset, trainer: model.trainer, plans: model.plans, configuration: model.configuration)
            found.append(model)
        }
        guard !found.isEmpty else { throw Failure(.missing, "\(dataset): its plans have none of the configurations asked for with -c") }
        return found
    }

    private typealias Pair = (identifier: String, models: [Model], folder: String, average: CrossValidationAverage)

    /// Each two models, the earlier one first.
    private func averages(of models: [Model], _ validations: [CrossValidation], in results: String) throws -> [Pair] {
        guard models.count > 1 else { return [] }
        let places = try validations.map {
            try $0.places(ofFilesEnding: ".npz", advice: "validate the fold again with --npz, or choose --disable_ensembling")
        }
        var pairs: [Pair] = []
        for first in models.indices {
            for second in models.indices where second > first {
                let members = [models[first], models[second]]
                let identifier = (["ensemble"] + members.map(\.identifier) + [CrossValidation.text(of: folds)]).joined(separator: "___")
                let average = try CrossValidationAverage(
                    of: [validations[first], validations[second]], places: [places[first], places[second]])
                pairs.append((identifier, members, joinedPath(results, "ensembles/" + identifier), average))
            }
        }
        return pairs
    }

    /// The first of those with the highest Dice; one whose Dice is not known is never chosen.
    private func best(of candidates: [Candidate]) throws(Failure) -> Candidate {
        var best: Candidate?
        for candidate in candidates where candidate.dice > (best?.dice ?? -1) { best = candidate }
        guard let best else {
            throw Failure(
                .badInput,
                "\(dataset): no model's mean Dice is known: there is a label that neither references nor predictions have in any case",
                ofOneCase: false)
        }
        return best
    }
}
