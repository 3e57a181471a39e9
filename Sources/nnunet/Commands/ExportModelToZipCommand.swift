import ArgumentParser
import Files
import TrainedModels

/// `nnUNetv2_export_model_to_zip`
struct ExportModelToZipCommand: NnUNetCommand {
    static let ownName = "export_model_to_zip"
    static let optionWords = ["-tr", "-chk", "--exp_cv_preds", "--not_strict", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Put trained models into one zip archive, for another machine to install.",
        discussion: """
            Of each configuration: its folds' checkpoints, how good they were, plans.json, dataset.json and the fingerprint; then the \
            ensembles of these configurations and what was found to be best.

            Differs from nnU-Net: an archive is whole or not there; --not_strict works, and names what it leaves out.

            EXAMPLES
              \(prompt) -d 4 -o hippocampus.zip -c 2d 3d_fullres
              \(prompt) -d 4 -o hippocampus.zip -c 3d_fullres -f all --not_strict
            """,
        version: ProgramName.version)

    @Option(name: .customShort("d"), help: "Number or name of the dataset.")
    var dataset: String

    @Option(name: .customShort("o"), help: "The archive.")
    var output: String

    @Option(name: .customShort("c"), parsing: .upToNextOption, help: "Configurations.")
    var configurations = ModelExport.Selection().configurations

    @Option(name: .customLong("tr", withSingleDash: true), help: "Trainer.")
    var trainer = ModelExport.Selection().trainer

    @Option(name: .customShort("p"), help: "Plans.")
    var plans = ModelExport.Selection().plans

    @Option(name: .customShort("f"), parsing: .upToNextOption, help: "Folds: numbers or all.")
    var folds = ModelExport.Selection().folds

    @Option(name: .customLong("chk", withSingleDash: true), parsing: .upToNextOption, help: "Checkpoints of each fold.")
    var checkpoints = ModelExport.Selection().checkpoints

    @Flag(name: .customLong("exp_cv_preds"), help: "Also the predictions of the cross-validation.")
    var includesPredictions = false

    @Flag(name: .customLong("not_strict"), help: "Leave out what was not trained.")
    var isLenient = false

    func validate() throws {
        for fold in folds where FoldName(fold) == nil { throw ValidationError("-f takes folds' numbers and all, not '\(fold)'") }
        let parts = configurations + [trainer, plans] + checkpoints
        if let part = parts.first(where: { !NnUNetFolders.isName($0) }) {
            throw ValidationError("'\(part)' is no name: it would lead out of the data set's folder")
        }
    }

    func run() throws {
        let folders = NnUNetFolders(), results = try folders.path(of: .results)
        let name = try folders.datasetName(dataset)
        try InputPlace.requireFolder(results + "/" + name, option: "-d")
        var selection = ModelExport.Selection()
        selection.trainer = trainer
        selection.plans = plans
        selection.configurations = configurations
        selection.folds = folds
        selection.checkpoints = checkpoints
        selection.includesPredictions = includesPredictions
        selection.isStrict = !isLenient
        let export = try ModelExport(results: results, dataset: name, selection: selection)
        if let identity = FileIdentity(output), let entry = export.entries.first(where: { FileIdentity($0.path) == identity }) {
            throw Failure(.cannotWrite, "-o \(output): it is \(entry.path), which goes into the archive; choose another name")
        }
        for note in export.leftOut { Console.problem("warning: \(note)") }
        let display = ProgressDisplay(isEnabled: true)
        defer { display.clear() }
        try export.write(to: output) { part in
            display.update("packing, per cent", completed: Int(part * 100), total: 100)
            return !Interruption.isRequested
        }
        display.clear()
        Console.line("\(output): \(export.entries.count) files of \(name)")
    }
}
