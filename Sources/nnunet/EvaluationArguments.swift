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

    @Flag(
        name: .customLong("surface_distances"),
        help: "Also measure how far the surfaces lie apart: Hausdorff's distance, that of 95 %, their mean distance, surface Dice.")
    var measuresSurfaces = false

    @Option(name: .customLong("tolerance"), help: "Distance, mm, up to which surfaces agree in the surface Dice. (default: 1)")
    var tolerance: Double?

    /// The tolerance, where surfaces are to be measured.
    var surfaceTolerance: Double? { measuresSurfaces ? tolerance ?? 1 : nil }

    /// The options of more than one letter.
    static let words = ["-np", "--chill", "--surface_distances", "--tolerance", "--help"]

    /// What the surfaces' figures are, for the commands' help.
    static let surfaceHelp = """
        --surface_distances adds, by DeepMind's definitions (surface-distance) and with the reference's voxel sizes, surface_HD_mm, \
        surface_HD95_mm, surface_ASSD_mm and, at --tolerance, surface_NSD. Where one map lacks a label its distances are Infinity and \
        the surface Dice is 0; where both lack it all are NaN and the case does not count in the mean. Each label takes 4 bytes for \
        each voxel of the box that it lies in, and 40 for each of its surface, in every case that is under way.
        """

    func validate() throws {
        if let tolerance {
            guard measuresSurfaces else { throw ValidationError("--tolerance belongs to --surface_distances") }
            guard tolerance >= 0, tolerance.isFinite else { throw ValidationError("a tolerance is 0 mm or more, not \(tolerance)") }
        }
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
        let line = "\(count): mean Dice \(String(format: "%.4f", foregroundDice)) (\(figures.joined(separator: ", ")))"
        guard let surfaceTolerance else { return line }
        func shown(_ figure: SurfaceFigures.Figure) -> String { String(format: "%.4f", foregroundSurfaceMean[figure] ?? .nan) }
        return line + "\nsurfaces: mean HD \(shown(.hausdorff)) mm, HD95 \(shown(.hausdorff95)) mm, ASSD \(shown(.average)) mm, "
            + "NSD \(shown(.dice)) at \(surfaceTolerance) mm"
    }
}
