import ArgumentParser
import Files
import SystemPackage

/// `nnUNetv2_accumulate_crossval_results`
struct AccumulateCrossvalResultsCommand: NnUNetCommand {
    static let ownName = "accumulate_crossval_results"
    static let optionWords = ["-tr", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Bring the validation predictions of a model's folds together and judge them.",
        discussion: """
            Copies the label maps of fold_X/validation with plans.json and dataset.json into crossval_results_folds_… of the model's \
            folder, or into another, and writes their summary.json. The references are labelsTr of the raw dataset, else \
            gt_segmentations of the preprocessed one.

            differs from nnU-Net: the folder appears whole, and an older one stays until then; nnUNet_raw need not be set where the \
            preprocessed references are there; a fold without predictions is an error.

            EXAMPLES
              \(prompt) 4 -c 3d_fullres
              \(prompt) Dataset004_Hippocampus -c 2d -f 0 1 2 -o merged
            """,
        version: ProgramName.version)

    @Argument(help: ArgumentHelp("Dataset: number or name.", valueName: "dataset_name_or_id"))
    var dataset: String

    @Option(name: .customShort("c"), help: "Configuration.")
    var networkConfiguration: String

    @Option(name: .customShort("o"), help: "Output folder, empty or not there. (default: crossval_results_folds_… in the model's folder)")
    var output: String?

    @Option(name: .customShort("f"), parsing: .upToNextOption, help: "Folds.")
    var folds: [Int] = [0, 1, 2, 3, 4]

    @Option(name: .customShort("p"), help: "Plans.")
    var plans = "nnUNetPlans"

    @Option(name: .customLong("tr", withSingleDash: true), help: "Trainer.")
    var trainer = "nnUNetTrainer"

    func validate() throws { try CrossValidation.check(folds: folds) }

    func run() throws {
        let folders = NnUNetFolders()
        let model = try folders.modelFolder(
            dataset: dataset, trainer: trainer, plans: plans, configuration: networkConfiguration)
        if let output { try requireEmpty(OutputFolder(output, apartFrom: [("the model's folder", model)]).path) }
        let validation = try CrossValidation(modelFolder: model, folds: folds)
        let path = output ?? validation.mergedFolder
        let dice = try validation.merge(into: path, references: validation.references(in: folders))
        Console.line("\(path): written, mean Dice \(dice)")
    }

    /// Nothing that a person has put there is replaced.
    private func requireEmpty(_ folder: String) throws {
        guard try FileSystem.names(in: FilePath(folder), limit: 1)?.isEmpty == false else { return }
        throw Failure(.cannotWrite, "\(folder): it is there and not empty; choose another folder for the results")
    }
}
