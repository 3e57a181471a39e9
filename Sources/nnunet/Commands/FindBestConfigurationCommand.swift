import ArgumentParser

/// `nnUNetv2_find_best_configuration`
struct FindBestConfigurationCommand: NnUNetCommand {
    static let ownName = "find_best_configuration"
    static let optionWords = ["-tr", "-np", "--disable_ensembling", "--no_overwrite", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Find the model or ensemble that did best in cross-validation, and its postprocessing.",
        discussion: """
            Merges the validation predictions of every trained configuration, averages each two of them, judges all by their mean Dice and \
            determines the best one's postprocessing. Writes inference_information.json and inference_instructions.txt into the dataset's \
            folder of nnUNet_results.

            differs from nnU-Net: where a cascade is best, the instructions have its first stage's command and -prev_stage_predictions; \
            what is missing is found before anything is written; folders appear whole, without what an earlier run left in them; a model \
            whose mean Dice is not a number is never chosen.

            EXAMPLES
              \(prompt) 4
              \(prompt) Dataset004_Hippocampus -c 2d 3d_fullres -f 0 1 2 --disable_ensembling
            """,
        version: ProgramName.version)

    @Argument(help: ArgumentHelp("Dataset: number or name.", valueName: "dataset_name_or_id"))
    var dataset: String

    @Option(name: .customShort("p"), parsing: .upToNextOption, help: "Plans.")
    var plans: [String] = ["nnUNetPlans"]

    @Option(name: .customShort("c"), parsing: .upToNextOption, help: "Configurations; those that the plans lack are left out.")
    var configurations: [String] = ["2d", "3d_fullres", "3d_lowres", "3d_cascade_fullres"]

    @Option(name: .customLong("tr", withSingleDash: true), parsing: .upToNextOption, help: "Trainers.")
    var trainers: [String] = ["nnUNetTrainer"]

    @Option(name: .customLong("np", withSingleDash: true), help: "Accepted for compatibility: one process uses all threads.")
    var workers: Int?

    @Option(name: .customShort("f"), parsing: .upToNextOption, help: "Folds.")
    var folds: [Int] = [0, 1, 2, 3, 4]

    @Flag(name: .customLong("disable_ensembling"), help: "Judge single models alone.")
    var disablesEnsembles = false

    @Flag(name: .customLong("no_overwrite"), help: "Keep merged and averaged label maps that are there, though they may be outdated.")
    var keepsExisting = false

    func validate() throws { try CrossValidation.check(folds: folds) }

    func run() throws {
        let folders = NnUNetFolders()
        let search = BestConfiguration(
            dataset: try folders.datasetName(dataset), folds: folds, folders: folders, triesEnsembles: !disablesEnsembles,
            keepsExisting: keepsExisting)
        try search(
            among: trainers.flatMap { trainer in
                configurations.flatMap { configuration in
                    plans.map { .init(trainer: trainer, plans: $0, configuration: configuration) }
                }
            })
    }
}
