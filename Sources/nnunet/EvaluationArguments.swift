import ArgumentParser

/// What `evaluate_folder` and `evaluate_simple` share, spelled as nnU-Net spells it.
struct EvaluationArguments: ParsableArguments {
    @Argument(help: "Folder of reference segmentations.")
    var reference: String

    @Argument(help: "Folder of predicted segmentations.")
    var prediction: String

    @Option(name: .customShort("o"), help: "The summary. (default: summary.json in the folder of predictions)")
    var output: String?

    @Option(name: .customLong("np", withSingleDash: true), help: "Accepted for compatibility: one process uses all threads.")
    var workers: Int?

    @Flag(name: .customLong("chill"), help: "Pass over references without a prediction.")
    var acceptsMissing = false

    func validate() throws {
        if let output, !output.hasSuffix(".json") {
            throw ValidationError("-o takes a file whose name ends with .json, not '\(output)'")
        }
    }
}
