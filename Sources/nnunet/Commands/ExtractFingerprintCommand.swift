import ArgumentParser
import Experiments
import Files
import Foundation
import Tensors

/// `nnUNetv2_extract_fingerprint`
struct ExtractFingerprintCommand: NnUNetCommand {
    static let ownName = "extract_fingerprint"
    static let optionWords = ["-fpe", "-np", "--verify_dataset_integrity", "--clean", "--verbose", "--no_pbar", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Look at a data set's spacings, shapes and intensities, to plan by them.",
        discussion: """
            Reads the training cases in nnUNet_raw; writes dataset_fingerprint.json into nnUNet_preprocessed. One that is there is kept \
            unless --clean is given.

            Differs from nnU-Net: --verify_dataset_integrity names every fault of every case before it fails; the old fingerprint goes \
            only when the new one is whole.

            EXAMPLES
              \(prompt) -d 4
              \(prompt) -d 4 5 --verify_dataset_integrity --clean
            """,
        version: ProgramName.version)

    @Option(name: .customShort("d"), parsing: .upToNextOption, help: "Numbers or names of data sets.")
    var datasets: [String]

    @Option(name: .customLong("fpe", withSingleDash: true), help: "The class that makes the fingerprint.")
    var extractor = "DatasetFingerprintExtractor"

    @Option(name: .customLong("np", withSingleDash: true), help: "Cases at a time, at most. (default: as many as there are processors)")
    var workers: Int?

    @Flag(name: .customLong("verify_dataset_integrity"), help: "Check the data set first.")
    var verifies = false

    @Flag(name: .customLong("clean"), help: "Make the fingerprint anew where there is one.")
    var isClean = false

    @Flag(name: .customLong("verbose"), help: "Say the fingerprint's figures.")
    var isVerbose = false

    @Flag(name: .customLong("no_pbar"), help: "No progress bar.")
    var hidesProgress = false

    func validate() throws {
        guard extractor == "DatasetFingerprintExtractor" else {
            throw ValidationError("-fpe: only DatasetFingerprintExtractor is there, not '\(extractor)'")
        }
        guard workers.map({ $0 > 0 }) ?? true else { throw ValidationError("-np takes a number above 0") }
    }

    func run() throws {
        let folders = NnUNetFolders()
        let names = try folders.datasetNames(datasets)
        let team = ThreadTeam(threadCount: min(workers ?? Int.max, ThreadTeam.availableProcessors))
        let run = DatasetFingerprinting(team: team, showsProgress: !hidesProgress)
        for name in names {
            let raw = try RawDataset(folders.path(of: .raw) + "/" + name, option: "-d")
            if verifies { try run.verify(raw) }
            let output = try folders.path(of: .preprocessed) + "/" + name + "/dataset_fingerprint.json"
            if !isClean, FileManager.default.fileExists(atPath: output) {
                Console.line("\(output): is there; --clean makes it anew")
                continue
            }
            let fingerprint = try run.fingerprint(of: raw, to: output)
            if isVerbose { Console.line(fingerprint.json["foreground_intensity_properties_per_channel"]?.pythonText() ?? "") }
        }
    }
}
