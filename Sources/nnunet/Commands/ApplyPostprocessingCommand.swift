import ArgumentParser
import CasePrediction
import Foundation
import ImageIO
import Segmentation
import Tensors
import TrainedModels

/// `nnUNetv2_apply_postprocessing`
struct ApplyPostprocessingCommand: NnUNetCommand {
    static let ownName = "apply_postprocessing"
    static let optionWords = ["-pp_pkl_file", "-np", "-plans_json", "-dataset_json", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Remove all but the largest component where a model's postprocessing says so.",
        discussion: """
            EXAMPLES
              \(prompt) -i masks -o clean -pp_pkl_file postprocessing.pkl
              \(prompt) -i masks -o clean -pp_pkl_file postprocessing.pkl \\
                -plans_json plans.json -dataset_json dataset.json
            """,
        version: ProgramName.version)

    @Option(name: .customShort("i"), help: "Folder of segmentations.")
    var input: String

    @Option(name: .customShort("o"), help: "Output folder; made when it is not there.")
    var output: String

    @Option(name: .customLong("pp_pkl_file", withSingleDash: true), help: "postprocessing.pkl, or postprocessing.json beside it.")
    var recipePath: String

    @Option(name: .customLong("np", withSingleDash: true), help: "Accepted for compatibility: one process uses all threads.")
    var workers: Int?

    @Option(name: .customLong("plans_json", withSingleDash: true), help: "Plans file. (default: plans.json of the input folder)")
    var plansPath: String?

    @Option(name: .customLong("dataset_json", withSingleDash: true), help: "Dataset file. (default: dataset.json of the input folder)")
    var datasetPath: String?

    func validate() throws {
        guard input != output else { throw ValidationError("-i and -o must be different folders") }
    }

    func run() throws {
        let plans = try Plans(contentsOf: plansPath ?? input + "/plans.json")
        let dataset = try DatasetDescription(contentsOf: datasetPath ?? input + "/dataset.json")
        let reader = try readerWriter(named: plans.imageReaderWriter, fileEnding: dataset.fileEnding)
        let postprocessor = Postprocessor(recipe: try PostprocessingRecipe.read(path: recipePath))
        let team = ThreadTeam()
        let results = ResultFolder(path: output, fileEnding: dataset.fileEnding)
        let names = try CaseGrouping.fileNames(in: input).filter { $0.hasSuffix(dataset.fileEnding) }
        guard !names.isEmpty else { throw Failure(.missing, "\(input): no file ends with \(dataset.fileEnding)") }
        try results.prepare()
        for name in names {
            try Interruption.check()
            var segmentation = try readLabels(path: input + "/" + name, as: reader)
            postprocessor.apply(&segmentation.labels, team: team)
            let path = output + "/" + name
            try writeLabels(segmentation.labels, to: path, source: segmentation.source, as: reader)
            try verifyLabels(at: path, equal: segmentation.labels, source: segmentation.source, as: reader)
            Console.line("\(name): done")
        }
    }
}
