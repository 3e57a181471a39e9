import CasePrediction
import Evaluation
import Files
import Foundation
import NIfTI
import Synchronization
import Tensors

/// Predictions judged by references of the same names, as nnU-Net's evaluation does it; the summary is whole or not written.
struct FolderEvaluation {
    /// Folders as they are given; the summary names files below them.
    let arguments: EvaluationArguments
    let fileEnding: String
    let reader: NIfTIReaderWriter
    let items: [EvaluationSummary.Item]
    /// Voxels with this reference label are left out.
    let ignoredLabel: Int?

    /// Judges every prediction, writes the summary and says what it is about.
    ///
    /// - Throws: what a case or a folder fails by.
    func run() throws {
        let output = arguments.output ?? path("summary.json", in: arguments.prediction)
        let summary = try summary(of: names(), team: ThreadTeam())
        try AtomicFile.write(Array(summary.json.pythonText(sortedKeys: true).utf8), to: output)
        for (item, dice) in zip(summary.items, summary.meanDice) { Console.line("\(item.key): Dice \(rounded(dice))") }
        Console.line("\(output): \(summary.cases.count) cases, foreground mean Dice \(rounded(summary.foregroundMeanDice))")
    }

    private func rounded(_ value: Double) -> String { value.isNaN ? "undefined" : String(format: "%.4f", value) }

    /// The predictions that are judged.
    ///
    /// - Throws: `.missing` where a folder is empty, or one lacks what the other has.
    private func names() throws -> [String] {
        let (reference, prediction) = (arguments.reference, arguments.prediction)
        try InputPlace.requireFolder(reference, option: "the references")
        try InputPlace.requireFolder(prediction, option: "the predictions")
        let references = try CaseGrouping.masks(in: reference, fileEnding: fileEnding).names
        let found = try CaseGrouping.masks(in: prediction, fileEnding: fileEnding)
        Console.passedOver(found.passedOver)
        guard !found.names.isEmpty else { throw Failure(.missing, "\(prediction): no file ends with \(fileEnding)") }
        try refuse(Set(found.names).subtracting(references), "\(reference): there is no reference for")
        if !arguments.acceptsMissing {
            try refuse(Set(references).subtracting(found.names), "\(prediction): there is no prediction for (--chill passes over them)")
        }
        return found.names
    }

    private func refuse(_ names: Set<String>, _ reason: String) throws {
        guard !names.isEmpty else { return }
        let more = names.count > 5 ? " and \(names.count - 5) more" : ""
        throw Failure(.missing, "\(reason) \(names.sorted().prefix(5).joined(separator: ", "))\(more)", ofOneCase: false)
    }

    /// The summary of all cases, as many judged at a time as there are threads.
    ///
    /// - Throws: the first failure, after all have been named; `.interrupted`.
    private func summary(of names: [String], team: ThreadTeam) throws -> EvaluationSummary {
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
        let (found, wanted) = (path(name, in: arguments.prediction), path(name, in: arguments.reference))
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
}
