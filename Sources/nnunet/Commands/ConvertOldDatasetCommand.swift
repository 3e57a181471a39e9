import ArgumentParser
import Files
import Foundation
import Plans
import PythonFormats

/// `nnUNetv2_convert_old_nnUNet_dataset`
struct ConvertOldDatasetCommand: NnUNetCommand {
    static let ownName = "convert_old_nnUNet_dataset"
    static let optionWords = ["--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Turn a data set of nnU-Net version 1 into one of version 2.",
        discussion: """
            Copies imagesTr, labelsTr and, where they are there, imagesTs, labelsTs, imagesVal and labelsVal with all that is in them, \
            and writes the new dataset.json.

            Differs from nnU-Net: the data set appears whole or not at all, also where dataset.json can't be used; entries of dataset.json \
            that would be removed need not be there; the name must be DatasetXXX_Name, and no other data set may have its number.

            EXAMPLES
              \(prompt) nnUNet_raw_data/Task021_Nodes Dataset021_Nodes
            """,
        version: ProgramName.version)

    @Argument(help: ArgumentHelp("The old data set's folder.", valueName: "input_folder"))
    var input: String

    @Argument(help: ArgumentHelp("Name of the new data set, DatasetXXX_Name.", valueName: "output_dataset_name"))
    var output: String

    private static let needed = ["imagesTr", "labelsTr"]
    private static let possible = ["imagesTs", "labelsTs", "imagesVal", "labelsVal"]

    func validate() throws {
        guard let name = output.wholeMatch(of: /Dataset(\d{3,})_[^\/]+/), Int(name.1) != nil else {
            throw ValidationError("'\(output)' is no name of a data set, as Dataset021_Nodes is")
        }
    }

    func run() throws {
        try InputPlace.requireFolder(input, option: "input_folder")
        for folder in Self.needed { try InputPlace.requireFolder(joinedPath(input, folder), option: "input_folder") }
        let path = joinedPath(input, "dataset.json"), folders = NnUNetFolders()
        try InputPlace.requireFile(path, option: "input_folder")
        let description = try OlderDataset.version1.description(of: JSONField(file: path, value: OrderedJSON(contentsOf: path)))
        let number = Int(output.dropFirst("Dataset".count).prefix { $0.isNumber }) ?? 0
        let others = folders.datasets(numbered: number).filter { $0 != output }
        guard others.isEmpty else {
            throw Failure(.cannotWrite, "number \(number) is taken by \(others.joined(separator: ", ")); choose another name")
        }
        let present = Self.needed + Self.possible.filter { FileManager.default.fileExists(atPath: joinedPath(input, $0)) }
        let trees = try present.map { ($0, try FolderTree(joinedPath(input, $0))) }
        let draft = try DatasetDraft(output, in: folders)
        for (name, tree) in trees { for folder in [""] + tree.folders { try draft.makeFolder(joinedPath(name, folder)) } }
        let files = trees.flatMap { name, tree in tree.files.map { name + "/" + $0 } }
        try draft.fill(from: files.map { joinedPath(input, $0) }) { index throws(Problem) in
            try copyFile(joinedPath(input, files[index]), to: draft.place(files[index]))
        }
        try draft.commit(description)
        Console.line("\(draft.path): \(files.count) files")
    }
}
