import ArgumentParser
import Experiments
import Files
import Foundation
import PythonFormats

/// `nnUNetv2_plan_experiment`
struct PlanExperimentCommand: NnUNetCommand {
    static let ownName = "plan_experiment"
    static let optionWords = [
        "-pl", "-gpu_memory_target", "-preprocessor_name", "-overwrite_target_spacing", "-overwrite_plans_name", "--help",
    ]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Decide spacing, patch, batch and network of every configuration from a data set's fingerprint.",
        discussion: """
            Reads dataset.json in nnUNet_raw and dataset_fingerprint.json in nnUNet_preprocessed; writes the plans beside the latter, \
            keeping configurations of an existing file that are not planned anew.

            Differs from nnU-Net: everything is checked before anything is written, and the memory that a network takes is a sum, so \
            that no network is built.

            EXAMPLES
              \(prompt) -d 4
              \(prompt) -d 4 5 -pl nnUNetPlannerResEncM
              \(prompt) -d 4 -gpu_memory_target 24 -overwrite_plans_name nnUNetPlans24G
            """,
        version: ProgramName.version)

    @Option(name: .customShort("d"), parsing: .upToNextOption, help: "Numbers or names of data sets.")
    var datasets: [String]

    @Option(
        name: .customLong("pl", withSingleDash: true),
        help: "Planner: \(PlannerPreset.allCases.map(\.rawValue).joined(separator: ", ")).")
    var planner = PlannerPreset.standard

    @Option(
        name: .customLong("gpu_memory_target", withSingleDash: true),
        help: "Graphics memory that training is planned for, GB. (default: the planner's)")
    var memoryTarget: Double?

    @Option(name: .customLong("preprocessor_name", withSingleDash: true), help: "The class that prepares the data.")
    var preprocessorName = "DefaultPreprocessor"

    @Option(
        name: .customLong("overwrite_target_spacing", withSingleDash: true), parsing: .upToNextOption,
        help: "The full resolution: three spacings in mm in the order of the files' axes, slowest first.")
    var targetSpacing: [Double] = []

    @Option(
        name: .customLong("overwrite_plans_name", withSingleDash: true), help: "What the plans are called. (default: the planner's name)")
    var plansName: String?

    func validate() throws {
        guard targetSpacing.isEmpty || targetSpacing.count == 3 && targetSpacing.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw ValidationError("-overwrite_target_spacing takes three numbers above 0")
        }
        guard memoryTarget.map({ $0 > 0 && $0.isFinite }) ?? true else { throw ValidationError("-gpu_memory_target takes GB above 0") }
        guard preprocessorName == "DefaultPreprocessor" else {
            throw ValidationError("-preprocessor_name: only DefaultPreprocessor is there, not '\(preprocessorName)'")
        }
        if let plansName, !NnUNetFolders.isName(plansName) || plansName.contains("__") {
            throw ValidationError("'\(plansName)' is no name of plans")
        }
    }

    func run() throws {
        let folders = NnUNetFolders()
        for name in try folders.datasetNames(datasets) { try plan(name, folders) }
    }

    private func plan(_ name: String, _ folders: NnUNetFolders) throws {
        let raw = try RawDataset(folders.path(of: .raw) + "/" + name, option: "-d")
        let folder = try folders.path(of: .preprocessed) + "/" + name, path = folder + "/dataset_fingerprint.json"
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(.missing, "\(path): there is no fingerprint; run extract_fingerprint first")
        }
        var planner = ExperimentPlanner(planner)
        if let plansName { planner.plansName = plansName }
        if let memoryTarget { planner.memoryTarget = memoryTarget }
        planner.targetSpacing = targetSpacing.isEmpty ? nil : targetSpacing
        let plans = try planner.plan(
            raw.description, at: raw.descriptionPath, name: name, fingerprint: DatasetFingerprint(contentsOf: path),
            reader: raw.reader().rawValue)
        let output = folder + "/" + planner.plansName + ".json"
        let existing = FileManager.default.fileExists(atPath: output) ? try OrderedJSON(contentsOf: output) : nil
        let splits = try CrossValidationSplits.copy(from: raw.folder, to: folder)
        try AtomicFile.write(readFile(raw.descriptionPath, limit: OrderedJSON.sizeLimit), to: folder + "/dataset.json")
        if let splits { try AtomicFile.write(splits, to: folder + "/splits_final.json") }
        try AtomicFile.write(Array(plans.json(keeping: existing).pythonText().utf8), to: output)
        Console.line("\(output): planned by \(planner.preset.rawValue) for \(text(planner.memoryTarget)) GB")
        for configuration in plans.list { Console.line("  " + describe(configuration)) }
    }

    private func describe(_ planned: (name: String, configuration: PlannedConfiguration)) -> String {
        let (configuration, topology) = (planned.configuration, planned.configuration.network.topology)
        return "\(planned.name): patch \(joined(topology.patch.map(Double.init))), batch \(configuration.batchSize), "
            + "\(topology.strides.count) stages, spacing \(joined(configuration.spacing)) mm, "
            + "median case \(joined(configuration.medianShape))"
    }

    private func joined(_ values: [Double]) -> String { values.map(text).joined(separator: " × ") }
    private func text(_ value: Double) -> String { String(format: "%g", value) }
}

extension PlannerPreset: ExpressibleByArgument {}
