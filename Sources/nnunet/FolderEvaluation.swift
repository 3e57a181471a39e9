import CasePrediction
import Evaluation
import Files
import ImageFiles
import Imaging
import NIfTI
import Plans
import Segmentation
import Tensors

/// Label maps of two folders that belong together by name, and what is counted in them.
struct FolderEvaluation {
    /// The folders as they were given: the summary names its files by them.
    let reference, prediction: String
    /// The folder of a prediction that isn't in its own yet.
    var places: [String: String] = [:]
    /// The files of both folders, in the order of their names.
    let names: [String]
    let reader: ReaderWriter
    /// The labels and regions that are judged.
    let judged: [DatasetDescription.LabelValue]
    /// Voxels with this reference value are left out.
    let ignored: Int?
    /// The tolerance of the surface Dice, mm; nil where surfaces are not measured.
    var surfaceTolerance: Double?
    let team: ThreadTeam

    /// Pairs the files of two folders.
    ///
    /// - Parameters:
    ///   - reference: the folder of true label maps.
    ///   - prediction: the folder of the maps that are judged.
    ///   - fileEnding: of both; other files are passed over.
    ///   - acceptsMissing: whether references without a prediction are only mentioned.
    /// - Throws: `.missing` where a folder holds no such file, or where a file has no counterpart.
    /// - Returns: the predictions' names, sorted.
    static func pairedNames(
        reference: String, prediction: String, fileEnding: String, acceptsMissing: Bool
    ) throws -> [String] {
        let found = try labelMaps(in: prediction, fileEnding: fileEnding)
        let wanted = try labelMaps(in: reference, fileEnding: fileEnding)
        try requireReferences(of: found, from: prediction, among: wanted, in: reference)
        let missing = Set(wanted).subtracting(found).sorted()
        guard !missing.isEmpty else { return found }
        let text = "\(reference): \(listed(missing)): there is no prediction of this name in \(prediction)"
        guard acceptsMissing else { throw Failure(.missing, text + "; predict what is missing, or leave it out with --chill") }
        Console.problem("warning: \(text)")
        return found
    }

    /// - Throws: `.missing` where a prediction has no reference.
    static func requireReferences(
        of names: [String], from prediction: String, among wanted: [String], in reference: String
    ) throws(Failure) {
        let strangers = Set(names).subtracting(wanted).sorted()
        guard strangers.isEmpty else {
            throw Failure(
                .missing,
                "\(prediction): \(listed(strangers)): there is no reference of this name in \(reference); remove the prediction or name the"
                    + " folder that it belongs to")
        }
    }

    static func labelMaps(in folder: String, fileEnding: String) throws -> [String] {
        let found = try CaseGrouping.masks(in: folder, fileEnding: fileEnding)
        Console.passedOver(found.passedOver)
        guard !found.names.isEmpty else { throw Failure(.missing, "\(folder): no file ends with \(fileEnding)") }
        return found.names
    }

    /// The first names, and how many more there are.
    static func listed(_ names: [String]) -> String {
        names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }

    /// Counts every case, a case on a thread with its two maps in memory.
    ///
    /// - Parameters:
    ///   - steps: postprocessing that each prediction gets before it is counted.
    ///   - shown: the folder that the summary names the predictions in; nil for the one that they are in.
    ///   - keep: what is done with a prediction that was counted, such as writing it.
    /// - Throws: the first case's failure, after each was named, where one can't be read or its maps differ in size.
    /// - Returns: every case and the means.
    func summary(
        after steps: [PostprocessingRecipe.Step] = [], shown: String? = nil,
        keep: (_ name: String, borrowing PresentedLabels) throws(Problem) -> Void = { _, _ throws(Problem) in }
    ) throws -> EvaluationSummary {
        let postprocessor = Postprocessor(recipe: PostprocessingRecipe(steps: steps))
        let counter = CaseCounter(names.count)
        let results = team.map(count: names.count) { index -> Result<EvaluationSummary.Case, Problem> in
            defer { counter.count() }
            return Result { () throws(Problem) in
                guard !Interruption.isRequested else { throw .cancelled }
                return try judge(names[index], postprocessor, shown: shown, keep)
            }
        }
        counter.clear()
        try Interruption.check()
        var loop = CaseLoop()
        var cases: [EvaluationSummary.Case] = []
        for (name, result) in zip(names, results) { try loop.run(name) { cases.append(try result.get()) } }
        try loop.finish()
        return EvaluationSummary(judged: judged, cases: cases, surfaceTolerance: surfaceTolerance)
    }

    private func judge(
        _ name: String, _ postprocessor: Postprocessor, shown: String?,
        _ keep: (String, borrowing PresentedLabels) throws(Problem) -> Void
    ) throws(Problem) -> EvaluationSummary.Case {
        let path = joinedPath(places[name] ?? prediction, name)
        var found = try readLabels(path: path, as: reader)
        postprocessor.apply(&found.labels, team: team)
        let pairs: LabelPairs
        let surfaces: [SurfaceFigures]
        do throws(Problem) {
            let wanted = try readLabels(path: joinedPath(reference, name), as: reader)
            pairs = try LabelPairs(found.labels, wanted.labels)
            surfaces = try surfaceFigures(found.labels, wanted.labels)
        } catch {
            throw error.at(path)
        }
        try keep(name, found)
        return EvaluationSummary.Case(
            predictionFile: joinedPath(shown ?? prediction, name), referenceFile: joinedPath(reference, name),
            confusions: judged.map { pairs.confusion(of: $0.values, ignoring: ignored) }, surfaces: surfaces)
    }

    private func surfaceFigures(
        _ prediction: borrowing LabelMap, _ reference: borrowing LabelMap
    ) throws(Problem) -> [SurfaceFigures] {
        guard let surfaceTolerance else { return [] }
        let boxes = LabelBoxes(prediction, reference)
        var figures: [SurfaceFigures] = []
        for value in judged {
            guard !Interruption.isRequested else { throw .cancelled }
            let distances = SurfaceDistances(of: value.values, in: boxes, prediction, reference, ignoring: ignored, team: team)
            figures.append(SurfaceFigures(distances, tolerance: surfaceTolerance))
        }
        return figures
    }
}
