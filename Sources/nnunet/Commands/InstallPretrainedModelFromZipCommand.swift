import ArgumentParser
import TrainedModels

/// `nnUNetv2_install_pretrained_model_from_zip`
struct InstallPretrainedModelFromZipCommand: NnUNetCommand {
    static let ownName = "install_pretrained_model_from_zip"
    static let optionWords = ["--overwrite", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Put the models of a zip archive into nnUNet_results.",
        discussion: """
            The archive is unpacked beside the results and checked before any of it is put in place, each model by one rename.

            Differs from nnU-Net: an archive with entries that lead elsewhere is refused; a model that is there with other content is \
            kept, and the archive refused, unless --overwrite says that it is to be replaced, as a whole.

            EXAMPLES
              \(prompt) hippocampus.zip
              \(prompt) hippocampus.zip --overwrite
            """,
        version: ProgramName.version)

    @Argument(help: "The archive.")
    var archive: String

    @Flag(name: .customLong("overwrite"), help: "Replace models that are there with other content.")
    var overwrites = false

    func run() throws {
        let results = try NnUNetFolders().path(of: .results)
        try InputPlace.requireFile(archive, option: "the archive")
        try ModelInstaller(results: results, overwrites: overwrites).install(ModelArchive(path: archive), called: archive)
    }
}
