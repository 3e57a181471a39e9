import ArgumentParser
import CasePrediction
import Files
import Foundation
import Plans
import PythonFormats

/// `nnUNetv2_move_plans_between_datasets`
struct MovePlansBetweenDatasetsCommand: NnUNetCommand {
    static let ownName = "move_plans_between_datasets"
    static let optionWords = ["-sp", "-tp", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Give one dataset the plans of another, so that a network can be trained on it as on the other.",
        discussion: """
            Everything is copied, intensities included; the names of dataset and plans and the class that reads the images become \
            those of the target. An existing file of that name is replaced.

            EXAMPLES
              \(prompt) -s 4 -t 501 -sp nnUNetPlans
              \(prompt) -s Dataset004_Hippocampus -t 501 -sp nnUNetPlans -tp nnUNetPlansHippocampus
            """,
        version: ProgramName.version)

    @Option(name: .customShort("s"), help: "Number or name of the dataset that the plans are of.")
    var source: String

    @Option(name: .customShort("t"), help: "Number or name of the dataset that gets them.")
    var target: String

    @Option(name: .customLong("sp", withSingleDash: true), help: "Name of the plans.")
    var plansName: String

    @Option(name: .customLong("tp", withSingleDash: true), help: "Name that they get. (default: the same)")
    var newName: String?

    func validate() throws {
        if let name = [plansName, newName ?? plansName].first(where: { !NnUNetFolders.isName($0) }) {
            throw ValidationError("'\(name)' is no name of plans")
        }
    }

    func run() throws {
        let folders = NnUNetFolders()
        let (source, target) = (try folders.datasetName(source), try folders.datasetName(target))
        let preprocessed = try folders.path(of: .preprocessed), newName = newName ?? plansName
        let path = "\(preprocessed)/\(source)/\(plansName).json", output = "\(preprocessed)/\(target)/\(newName).json"
        try InputPlace.requireFile(path, option: "-sp")
        try InputPlace.requireFolder("\(preprocessed)/\(target)", option: "-t")
        let plans = try Plans(contentsOf: path)
        let reader = try RawDataset(folders.path(of: .raw) + "/" + target, option: "-t", needsChannels: false).reader(
            acceptsOtherEndings: true
        ).rawValue
        let moved = try movedPlans(JSONField(file: path, value: plans.json), called: plansName, to: target, as: newName, reader: reader)
        try AtomicFile.write(Array(moved.pythonText().utf8), to: output)
        Console.line("\(output): \(plansName) of \(source), read by \(reader)")
    }
}
