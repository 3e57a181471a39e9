import ArgumentParser
import CasePrediction
import Evaluation
import Files
import Foundation
import ImageFiles
import Imaging
import Tensors

/// The check an installer runs on a new machine.
struct SelftestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Run the bundled model on phantoms and fail unless its result is what it should be.",
        discussion: """
            Each phantom is segmented by the ensemble of the bundled models, with folds and mirroring. The labels must overlap the true \
            ones with a Dice of at least \(Self.requiredDice) for every label, and nnU-Net's own prediction in at least \
            \(Self.requiredAgreement * 100) % of all voxels.

            EXAMPLES
              nnunet selftest
              nnunet selftest --fixtures /usr/share/nnunetd/phantom
            """)

    /// What nnU-Net itself reaches on the bundled phantoms is 0.97 to 0.99.
    static let requiredDice = 0.95
    /// Voxels that must equal upstream's; its float16 sums change at most one in 60,000.
    static let requiredAgreement = 0.9999

    @Option(name: .customLong("fixtures"), help: "The folder with models, cases, labels. (default: the installed one, or the checkout's)")
    var fixtures: String?

    @Option(name: .customLong("threads"), help: "Threads to compute with. (default: all processors this process may use)")
    var threads: Int?

    func validate() throws {
        try PredictionArguments.check(threads: threads)
    }

    func run() throws {
        let bundle = try Bundle.find(at: fixtures)
        let team = ThreadTeam(threadCount: threads ?? ThreadTeam.availableProcessors)
        let models = try [bundle.volumeModel, bundle.sliceModel].map { path throws(Problem) in try CaseModel.open(path: path) }
        let predictor = try CasePredictor(models: models, pool: ModelPool(memoryBudget: Int.max, team: team))
        var problems: [String] = []
        let found = try CaseGrouping.nnUNetCases(
            in: bundle.cases, fileEnding: predictor.fileEnding, channelCount: predictor.channelCount)
        if let refused = found.refused.first { throw refused.error }
        for files in found.cases {
            let display = ProgressDisplay(isEnabled: true)
            defer { display.clear() }
            let outcome = try predictor.predict(files, progress: display.update, isCancelled: { Interruption.isRequested })
            display.clear()
            problems += try compare(outcome, bundle: bundle, predictor: predictor)
        }
        guard problems.isEmpty else { throw Failure(.computation, "self test failed: " + problems.joined(separator: "; ")) }
        Console.line("self test passed")
    }

    /// Prints a case's figures and gives what is wrong with them.
    private func compare(_ outcome: borrowing CaseOutcome, bundle: Bundle, predictor: CasePredictor) throws -> [String] {
        var problems: [String] = []
        let file = outcome.name + predictor.fileEnding
        let truth = try readLabels(path: bundle.labels + "/" + file, as: outcome.readerWriter)
        var figures: [String] = []
        for label in predictor.models[0].folder.labels.foregroundLabels {
            let dice = try diceCoefficient(outcome.labels, truth.labels, values: [label])
            let name = predictor.models[0].folder.labels.names[label] ?? String(label)
            figures.append(String(format: "%@ %.4f", name, dice))
            if !(dice >= Self.requiredDice) { problems.append(String(format: "%@: Dice of %@ is %.4f", outcome.name, name, dice)) }
        }
        let upstream = try readLabels(path: bundle.expected("ensemble_3d_2d") + "/" + file, as: outcome.readerWriter)
        let agreement = labelAgreement(outcome.labels, upstream.labels)
        if !(agreement >= Self.requiredAgreement) {
            problems.append(String(format: "%@: only %.5f %% of voxels as nnU-Net's", outcome.name, agreement * 100))
        }
        Console.line(
            "\(outcome.name): Dice " + figures.joined(separator: ", ") + String(format: "; %.4f %% of voxels as nnU-Net's", agreement * 100)
        )
        return problems
    }
}
