import ArgumentParser

/// `nnUNetv2_determine_postprocessing`
struct DeterminePostprocessingCommand: NnUNetCommand {
    static let ownName = "determine_postprocessing"
    static let optionWords = ["-ref", "-plans_json", "-dataset_json", "-np", "--remove_postprocessed", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Find out of which labels only the largest component should stay.",
        discussion: """
            Writes postprocessing.pkl and postprocessing.json into the folder of predictions, for apply_postprocessing, and the \
            postprocessed label maps with their summary.json into its sub-folder postprocessed. A step is adopted where the mean Dice \
            rises: of all labels together first, where no label's falls, then of each label or region by itself.

            differs from nnU-Net: summary.json is made anew where it is not of the files that are there, which is said; the one in \
            postprocessed names the files beside it, not those of a deleted folder; what an earlier run left in postprocessed goes; \
            where nothing is adopted, an earlier postprocessing.pkl or .json is not copied along.

            EXAMPLES
              \(prompt) -i masks -ref labelsTr
              \(prompt) -i masks -ref labelsTr -plans_json plans.json \\
                -dataset_json dataset.json --remove_postprocessed
            """,
        version: ProgramName.version)

    @Option(name: .customShort("i"), help: "Folder of predicted label maps; the results go there.")
    var input: String

    @Option(name: .customLong("ref", withSingleDash: true), help: "Folder of true label maps, of the same names.")
    var reference: String

    @Option(name: .customLong("plans_json", withSingleDash: true), help: "Plans file. (default: plans.json of the input folder)")
    var plansPath: String?

    @Option(name: .customLong("dataset_json", withSingleDash: true), help: "Dataset file. (default: dataset.json of the input folder)")
    var datasetPath: String?

    @Option(name: .customLong("np", withSingleDash: true), help: "Accepted for compatibility: one process uses all threads.")
    var workers: Int?

    @Flag(name: .customLong("remove_postprocessed"), help: "Keep no postprocessed label maps, nor those of an earlier run.")
    var removesFiles = false

    func run() throws {
        try InputPlace.requireFolder(input, option: "-i")
        try InputPlace.requireFolder(reference, option: "-ref")
        let plans = plansPath ?? joinedPath(input, "plans.json")
        let dataset = datasetPath ?? joinedPath(input, "dataset.json")
        try InputPlace.requireFile(plans, option: "-plans_json")
        try InputPlace.requireFile(dataset, option: "-dataset_json")
        let determination = PostprocessingDetermination(
            predictions: input, references: reference, plansPath: plans, datasetPath: dataset, keepsFiles: !removesFiles)
        Console.line("\(try determination().recipePath): written")
    }
}
