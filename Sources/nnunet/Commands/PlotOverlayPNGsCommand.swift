import ArgumentParser
import CasePrediction
import Foundation
import ImageFiles
import Plans
import Reporting

/// `nnUNetv2_plot_overlay_pngs`
struct PlotOverlayPNGsCommand: NnUNetCommand {
    static let ownName = "plot_overlay_pngs"
    static let optionWords = ["-np", "-channel_idx", "--use_raw", "-overlay_intensity", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Draw each training case's most telling slice with its labels.",
        discussion: """
            One <case>.png for each training case of a raw dataset (nnUNet_raw), from imagesTr and labelsTr.

            EXAMPLES
              \(prompt) -d 4 -o overlays --use_raw
              \(prompt) -d Dataset502_BrainMR -o overlays -channel_idx 2 --use_raw
            """,
        version: ProgramName.version)

    @Option(name: .customShort("d"), help: "Dataset: number or name.")
    var dataset: String

    @Option(name: .customShort("o"), help: "Output folder; made when it is not there.")
    var output: String

    @Option(name: .customLong("np", withSingleDash: true), help: "Accepted for compatibility.")
    var workers: Int?

    @Option(name: .customLong("channel_idx", withSingleDash: true), help: "Which channel is shown, from 0.")
    var channel = 0

    @Flag(name: .customLong("use_raw"), help: "Draw the raw images; needed, since preprocessed data (.b2nd) cannot be read.")
    var usesRaw = false

    @Option(name: .customShort("p"), help: "Accepted for compatibility: plans of the preprocessed data.")
    var plans = "nnUNetPlans"

    @Option(name: .customShort("c"), help: "Accepted for compatibility: configuration of the preprocessed data.")
    var networkConfiguration: String?

    @Option(name: .customLong("overlay_intensity", withSingleDash: true), help: "How strongly labels are coloured, above 0 to 1.")
    var intensity = 0.6

    func validate() throws {
        guard usesRaw else { throw ValidationError("preprocessed data (.b2nd) cannot be read; add --use_raw to draw the raw images") }
        guard channel >= 0 else { throw ValidationError("-channel_idx starts at 0, not \(channel)") }
        guard intensity > 0, intensity <= 1 else { throw ValidationError("-overlay_intensity must be above 0 and at most 1") }
    }

    func run() throws {
        let folders = NnUNetFolders()
        let folder = try folders.path(of: .raw) + "/" + folders.datasetName(dataset)
        let (images, labels) = (folder + "/imagesTr", folder + "/labelsTr")
        let output = try OutputFolder(self.output, apartFrom: [("the images", images), ("the labels", labels)])
        try InputPlace.requireFolder(folder, option: "-d")
        for part in [images, labels] { try InputPlace.requireFolder(part, option: "-d") }
        let description = try DatasetDescription(contentsOf: folder + "/dataset.json")
        guard channel < description.channelNames.count else {
            throw Failure(.usage, "-channel_idx \(channel): the dataset has \(description.channelNames.count) channels, counted from 0")
        }
        let reader = try reader(of: description, images: images)
        let found = try CaseGrouping.nnUNetCases(
            in: images, fileEnding: description.fileEnding,
            channelCount: reader.filesHoldSeveralChannels ? nil : description.channelNames.count)
        for other in found.passedOver { Console.problem("\(other.path): passed over: \(other.reason)") }
        try output.make()
        var loop = CaseLoop()
        for item in found.refused { try loop.run(item.name, result: self.output + "/" + item.name + ".png") { throw item.error } }
        for item in found.cases {
            try loop.run(item.name, result: self.output + "/" + item.name + ".png") {
                let path = try output.target(item.name + ".png")
                let paths = reader.filesHoldSeveralChannels ? item.channelPaths : [item.channelPaths[channel]]
                let image = try readImage(paths: paths, as: reader)
                let segmentation = try readLabels(path: labels + "/" + item.name + description.fileEnding, as: reader)
                try plotOverlay(
                    image: image.image, labels: segmentation.labels, channel: reader.filesHoldSeveralChannels ? channel : 0,
                    intensity: intensity, to: path)
                Console.line("\(item.name): drawn")
            }
        }
        try loop.finish()
    }

    /// The class that reads the dataset's images; the first of them tells a plane from a volume where the ending doesn't.
    private func reader(of description: DatasetDescription, images: String) throws -> ReaderWriter {
        let first = try CaseGrouping.fileNames(in: images).first { $0.hasSuffix(description.fileEnding) }
        return try readerWriter(for: description, example: first.map { images + "/" + $0 })
    }
}
