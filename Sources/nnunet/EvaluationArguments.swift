import ArgumentParser
import Evaluation
import Files
import Foundation

/// The options that both evaluations share, spelled as nnU-Net spells them.
struct EvaluationArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("Folder of true label maps.", valueName: "gt_folder"))
    var reference: String

    @Argument(help: ArgumentHelp("Folder of predicted label maps, of the same names.", valueName: "pred_folder"))
    var prediction: String

    @Option(name: .customShort("o"), help: "File to write; must end in .json. (default: summary.json in the folder of predictions)")
    var output: String?

    @Option(name: .customLong("np", withSingleDash: true), help: "Accepted for compatibility: one process uses all threads.")
    var workers: Int?

    @Flag(name: .customLong("chill"), help: "Judge what is there where predictions are missing.")
    var acceptsMissing = false

    func validate() throws {
        if let output, !output.hasSuffix(".json") { throw ValidationError("-o must end in .json, not '\(output)'") }
    }

    /// - Throws: `.missing` where one of the folders isn't there.
    func requireFolders() throws(Failure) {
        try InputPlace.requireFolder(reference, option: "gt_folder")
        try InputPlace.requireFolder(prediction, option: "pred_folder")
    }

    /// The files that both folders hold.
    func pairedNames(fileEnding: String) throws -> [String] {
        try FolderEvaluation.pairedNames(
            reference: reference, prediction: prediction, fileEnding: fileEnding, acceptsMissing: acceptsMissing)
    }

    /// Judges the cases, writes the summary and says what is in it.
    ///
    /// - Parameters:
    ///   - evaluation: the cases.
    ///   - inputs: files that are read and must not be written over.
    /// - Throws: `.cannotWrite` before anything is counted, and whatever keeps a case from being judged.
    func evaluate(_ evaluation: FolderEvaluation, apartFrom inputs: [String] = []) throws {
        let path = output ?? joinedPath(prediction, "summary.json")
        if let identity = FileIdentity(path), let input = inputs.first(where: { FileIdentity($0) == identity }) {
            throw Failure(.cannotWrite, "\(path): it is the file \(input), which is read; give another name with -o")
        }
        // A place where nothing can be written is found before anything is counted.
        let file = try AtomicFile(path: path)
        let summary = try evaluation.summary()
        try file.write(Array(summary.json.pythonText(sortedKeys: true).utf8))
        try file.commit()
        Console.line(summary.text)
        Console.line("\(path): written")
    }
}

extension EvaluationSummary {
    /// The mean Dice of every label or region, for people.
    var text: String {
        let figures = judged.indices.map { "\(judged[$0].reportKey) \(String(format: "%.4f", dice(of: $0)))" }
        let count = cases.count == 1 ? "1 case" : "\(cases.count) cases"
        return "\(count): mean Dice \(String(format: "%.4f", foregroundDice)) (\(figures.joined(separator: ", ")))"
    }
}
