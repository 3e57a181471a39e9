import CasePrediction
import Files
import Tensors

/// The average of two models' validation predictions, case by case.
struct CrossValidationAverage {
    private let first: CrossValidation
    private let ensemble: ProbabilityEnsemble

    /// - Parameters:
    ///   - validations: the models'.
    ///   - places: of each, the folder of every `.npz`.
    /// - Throws: `.missing` where one has a case that another lacks.
    init(of validations: [CrossValidation], places: [[String: String]]) throws {
        first = validations[0]
        let all = Set(places.flatMap(\.keys))
        for (validation, own) in zip(validations, places) {
            let missing = all.subtracting(own.keys).sorted()
            guard missing.isEmpty else {
                throw Failure(
                    .missing,
                    "\(validation.modelFolder): \(FolderEvaluation.listed(missing)): not among its validation predictions; every model"
                        + " must have the same cases")
            }
        }
        let cases = places.map { Dictionary(uniqueKeysWithValues: $0.map { (String($0.key.dropLast(".npz".count)), $0.value) }) }
        ensemble = try ProbabilityEnsemble(
            models: zip(validations, cases).map { ($0.modelFolder, $1) }, team: ThreadTeam())
        for note in ensemble.notes { Console.problem("warning: \(note)") }
    }

    /// Writes the averages' label maps with plans, dataset and summary into a folder.
    ///
    /// - Parameters:
    ///   - output: the folder, which appears whole.
    ///   - references: the folder of true label maps.
    ///   - keepsExisting: whether what lies in the folder stays, and only what it lacks is added.
    /// - Throws: where a case is unusable or nothing can be written.
    /// - Returns: the mean Dice of the foreground.
    func write(into output: String, references: String, keepsExisting: Bool) throws -> Double {
        let target = try FolderTarget(output, keepsExisting: keepsExisting)
        let files = ResultSet.nnUNet(as: ensemble.readerWriter, ending: ensemble.fileEnding, probabilities: false)
        var loop = CaseLoop()
        for name in ensemble.caseNames where !target.holds(name + ensemble.fileEnding) {
            try loop.run(name) {
                var record = CaseRecord(files: CaseFiles(name: name, channelPaths: []))
                try files.write(try ensemble.average(name), &record, into: target.folder)
            }
        }
        try loop.finish()
        for name in ["plans.json", "dataset.json"] { try target.copy(name, from: first.modelFolder) }
        let places = ensemble.caseNames.map { ($0 + ensemble.fileEnding, target.folder) }
        let dice = try first.judge(Dictionary(uniqueKeysWithValues: places), in: target, references: references)
        try target.commit()
        return dice
    }
}
