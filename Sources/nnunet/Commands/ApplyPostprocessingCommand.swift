import ArgumentParser
import CasePrediction
import Foundation
import ImageFiles
import Plans
import Segmentation
import Tensors

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

    func run() throws {
        var output = try OutputFolder(self.output, apartFrom: [("-i", input)])
        try InputPlace.requireFolder(input, option: "-i")
        try InputPlace.requireFile(recipePath, option: "-pp_pkl_file")
        if let plansPath { try InputPlace.requireFile(plansPath, option: "-plans_json") }
        if let datasetPath { try InputPlace.requireFile(datasetPath, option: "-dataset_json") }
        let plans = try Plans(contentsOf: plansPath ?? input + "/plans.json")
        let dataset = try DatasetDescription(contentsOf: datasetPath ?? input + "/dataset.json", needsChannels: false)
        let reader = try readerWriter(named: plans.imageReaderWriter, fileEnding: dataset.fileEnding)
        let recipe = try PostprocessingRecipe.read(path: recipePath)
        let labels = try LabelScheme(dataset, path: datasetPath ?? input + "/dataset.json")
        let unknown = recipe.labels(unknownTo: labels)
        guard unknown.isEmpty else {
            throw Failure(
                .badModel,
                "\(recipePath): names label \(unknown.map(String.init).joined(separator: ", ")), which dataset.json lacks; give the file that "
                    + "was made with this model", ofOneCase: false)
        }
        let postprocessor = Postprocessor(recipe: recipe)
        let team = ThreadTeam()
        let found = try CaseGrouping.masks(in: input, fileEnding: dataset.fileEnding)
        for other in found.passedOver { Console.problem("\(other.path): passed over: \(other.reason)") }
        guard !found.names.isEmpty else { throw Failure(.missing, "\(input): no file ends with \(dataset.fileEnding)") }
        output.protect(found.names.map { input + "/" + $0 } + [recipePath])
        try output.make()
        var loop = CaseLoop()
        for name in found.names {
            try loop.run(name, result: self.output + "/" + name) {
                let path = try output.target(name)
                var segmentation = try readLabels(path: input + "/" + name, as: reader)
                postprocessor.apply(&segmentation.labels, team: team)
                try writeLabels(segmentation.labels, to: path, source: segmentation.source, as: reader)
                try verifyLabels(at: path, equal: segmentation.labels, source: segmentation.source, as: reader)
                Console.line("\(name): done")
            }
        }
        try loop.finish()
    }
}
