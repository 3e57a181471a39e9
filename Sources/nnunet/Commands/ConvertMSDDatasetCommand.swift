import ArgumentParser
import CasePrediction
import Files
import NIfTI
import Plans
import PythonFormats

/// `nnUNetv2_convert_MSD_dataset`
struct ConvertMSDDatasetCommand: NnUNetCommand {
    static let ownName = "convert_MSD_dataset"
    static let optionWords = ["-overwrite_id", "-np", "--help"]
    static let configuration = CommandConfiguration(
        commandName: spokenName,
        abstract: "Turn a data set of the Medical Segmentation Decathlon into one of nnU-Net's.",
        discussion: """
            The folder is called TaskXX_Name, as it comes out of the archive, and becomes DatasetXXX_Name in nnUNet_raw. Files of four \
            dimensions are split into a file for each channel, read front to back in parts of a MiB; others are copied. Hidden files \
            and those whose names begin with _ are passed over.

            Differs from nnU-Net: the data set appears whole or not at all; every file that is damaged or cut off is named; an image \
            without labels, or labels without an image, are warned of; the name may hold further underscores; lists of files that are \
            missing in dataset.json do not matter.

            EXAMPLES
              \(prompt) -i Task05_Prostate
              \(prompt) -i Task05_Prostate -overwrite_id 105
            """,
        version: ProgramName.version)

    @Option(name: .customShort("i"), help: "The data set's folder, called TaskXX_Name.")
    var input: String

    @Option(name: .customLong("overwrite_id", withSingleDash: true), help: "Number of the data set. (default: that in the folder's name)")
    var number: Int?

    @Option(name: .customLong("np", withSingleDash: true), help: "Accepted for compatibility: one process uses all threads.")
    var workers: Int?

    func validate() throws {
        guard (0...999).contains(number ?? 0) else { throw ValidationError("a data set's number is 0 to 999, not \(number ?? 0)") }
    }

    /// One file, by folder and name.
    private typealias File = (folder: String, name: String)

    func run() throws {
        try InputPlace.requireFolder(input, option: "-i")
        let task = try task(), number = number ?? task.number, folders = NnUNetFolders()
        for folder in ["imagesTr", "imagesTs", "labelsTr"] { try InputPlace.requireFolder(joinedPath(input, folder), option: "-i") }
        let path = joinedPath(input, "dataset.json")
        try InputPlace.requireFile(path, option: "-i")
        let description = try OlderDataset.decathlon.description(of: JSONField(file: path, value: OrderedJSON(contentsOf: path)))
        let others = folders.datasets(numbered: number)
        guard others.isEmpty else {
            throw Failure(
                .cannotWrite, "number \(number) is taken by \(others.joined(separator: ", ")); choose another one with -overwrite_id")
        }
        let images = try files(in: "imagesTr"), labels = try files(in: "labelsTr"), all = images + labels + (try files(in: "imagesTs"))
        guard !images.isEmpty else { throw Failure(.missing, "\(joinedPath(input, "imagesTr")): no file ends with .nii.gz") }
        warnOfStrangers(images, labels)
        let draft = try DatasetDraft("\(NnUNetFolders.datasetPrefix(number))_\(task.name)", in: folders)
        for folder in ["imagesTr", "imagesTs", "labelsTr"] { try draft.makeFolder(folder) }
        try draft.fill(from: all.map { joinedPath(input, $0.folder + "/" + $0.name) }) { index throws(Problem) in
            try convert(all[index], into: draft)
        }
        try draft.commit(description)
        Console.line("\(draft.path): \(images.count) training cases, \(all.count - images.count - labels.count) test cases")
    }

    /// Number and name in the folder's name.
    private func task() throws(Failure) -> (number: Int, name: String) {
        let folder = input.split(separator: "/").last ?? ""
        let parts = folder.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].hasPrefix("Task"), let number = Int(parts[0].dropFirst(4)), (0...999).contains(number),
            NnUNetFolders.isName(String(parts[1]))
        else { throw Failure(.usage, "-i \(input): the folder must be called TaskXX_Name, as in Task05_Prostate; rename it") }
        return (number, String(parts[1]))
    }

    private func files(in folder: String) throws(Problem) -> [File] {
        try CaseGrouping.fileNames(in: joinedPath(input, folder)).filter { $0.hasSuffix(".nii.gz") && !$0.hasPrefix("_") }
            .map { (folder, $0) }
    }

    private func warnOfStrangers(_ images: [File], _ labels: [File]) {
        let (images, labels) = (Set(images.map(\.name)), Set(labels.map(\.name)))
        for name in images.subtracting(labels).sorted() { Console.problem("warning: imagesTr/\(name): there are no labels of this name") }
        for name in labels.subtracting(images).sorted() { Console.problem("warning: labelsTr/\(name): there is no image of this name") }
    }

    private func convert(_ file: File, into draft: DatasetDraft) throws(Problem) {
        let source = joinedPath(input, file.folder + "/" + file.name)
        if file.folder != "labelsTr" {
            let series = try NIfTISeries(path: source), stem = String(file.name.dropLast(".nii.gz".count))
            let channel = { CaseNaming.channelFile(stem, channel: $0, ending: ".nii.gz") }
            let first = try draft.place(file.folder + "/" + channel(0)), folder = first.dropLast(channel(0).count)
            guard series.volumeCount == nil else {
                return try series.write(to: { folder + channel($0) }, isCancelled: { Interruption.isRequested })
            }
            try copy(source, to: first)
        } else {
            try copy(source, to: draft.place(file.folder + "/" + file.name))
        }
    }

    private func copy(_ source: String, to path: String) throws(Problem) {
        if let shortfall = NIfTIProbe.shortfall(path: source) {
            throw Problem(.damaged, at: source, shortfall, advice: "export or copy it again")
        }
        try copyFile(source, to: path)
    }
}
