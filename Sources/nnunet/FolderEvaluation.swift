import CasePrediction
import Evaluation
import Files
import Foundation
import NIfTI
import Synchronization
import Tensors

/// Predictions judged by references of the same names, as nnU-Net's evaluation does it; the summary is whole or not written.
struct FolderEvaluation {
    /// Folders as they were given; the summary names files below them.
    let reference: String
    let prediction: String
    let fileEnding: String
    let reader: NIfTIReaderWriter
    let items: [EvaluationSummary.Item]
    /// Voxels with this reference label are left out.
    let ignoredLabel: Int?

    /// The predictions that are judged.
    ///
    /// - `acceptsMissing`: whether references without a prediction are passed over (`--chill`).
    /// - Throws: `.missing` where a folder is empty, or one lacks what the other has.
    func names(acceptsMissing: Bool) throws -> [String] {
        try InputPlace.requireFolder(reference, option: "the references")
        try InputPlace.requireFolder(prediction, option: "the predictions")
        let references = try CaseGrouping.masks(in: reference, fileEnding: fileEnding).names
        let found = try CaseGrouping.masks(in: prediction, fileEnding: fileEnding)
        for other in found.passedOver { Console.problem("\(other.path): passed over: \(other.reason)") }
        guard !found.names.isEmpty else { throw Failure(.missing, "\(prediction): no file ends with \(fileEnding)") }
        try refuse(Set(found.names).subtracting(references), "\(reference): there is no reference for")
        if !acceptsMissing {
            try refuse(Set(references).subtracting(found.names), "\(prediction): there is no prediction for (--chill passes over them)")
        }
        return found.names
    }

    private func refuse(_ names: Set<String>, _ reason: String) throws {
        guard !names.isEmpty else { return }
        let more = names.count > 5 ? " and \(names.count - 5) more" : ""
        throw Failure(.missing, "\(reason) \(names.sorted().prefix(5).joined(separator: ", "))\(more)", ofOneCase: false)
    }

    /// Judges every prediction, as many at a time as there are threads.
    ///
    /// - Throws: the first failure, after all have been named; `.interrupted`.
    func summary(of names: [String], team: ThreadTeam) throws -> EvaluationSummary {
        let results = Mutex<[Int: Result<EvaluationSummary.Case, Problem>]>([:])
        team.run(count: names.count) { _, index in
            guard !Interruption.isRequested else { return }
            let result = Result { () throws(Problem) in try judge(names[index]) }
            results.withLock { $0[index] = result }
        }
        try Interruption.check()
        var cases: [EvaluationSummary.Case] = [], failures: [Failure] = []
        for index in names.indices {
            switch results.withLock({ $0[index] }) {
            case .success(let one)?: cases.append(one)
            case .failure(let problem)?:
                failures.append(Failure(problem))
                Console.problem("\(names[index]): \(problem)")
            case nil: break
            }
        }
        if let first = failures.first {
            throw Failure(first.status, "\(failures.count) of \(names.count) cases can't be judged, see above")
        }
        return EvaluationSummary(items: items, cases: cases)
    }

    private func judge(_ name: String) throws(Problem) -> EvaluationSummary.Case {
        let (found, wanted) = (path(name, in: prediction), path(name, in: reference))
        let reference = try readLabels(path: wanted, as: reader), prediction = try readLabels(path: found, as: reader)
        let pairs: LabelPairs
        do throws(Problem) {
            pairs = try LabelPairs(prediction: prediction.labels, reference: reference.labels)
        } catch {
            throw error.at(found)
        }
        return .init(
            prediction: found, reference: wanted, confusions: items.map { pairs.confusion(of: $0.values, ignoring: ignoredLabel) })
    }

    /// As Python joins them.
    private func path(_ name: String, in folder: String) -> String { folder.hasSuffix("/") ? folder + name : folder + "/" + name }

    /// Writes the summary and says what it is about.
    func write(_ summary: EvaluationSummary, to path: String) throws {
        try AtomicFile.write(Array(summary.json.pythonText(sortedKeys: true).utf8), to: path)
        for (item, dice) in zip(summary.items, summary.meanDice) { Console.line("\(item.key): Dice \(rounded(dice))") }
        Console.line("\(path): \(summary.cases.count) cases, foreground mean Dice \(rounded(summary.foregroundMeanDice))")
    }

    private func rounded(_ value: Double) -> String { value.isNaN ? "undefined" : String(format: "%.4f", value) }

    /// Where the summary goes.
    ///
    /// - Throws: `.usage` for another name than that of a JSON file.
    static func output(_ given: String?, prediction: String) throws -> String {
        guard let given else { return prediction.hasSuffix("/") ? prediction + "summary.json" : prediction + "/summary.json" }
        guard given.hasSuffix(".json") else { throw Failure(.usage, "-o takes a file whose name ends with .json, not '\(given)'") }
        return given
    }
}
