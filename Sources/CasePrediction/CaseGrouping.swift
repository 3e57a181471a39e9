import Foundation

/// Finds the cases in a folder.
public enum CaseGrouping {
    /// The cases of a folder in nnU-Net naming, sorted by code point (`create_lists_from_splitted_dataset_folder`, made strict).
    ///
    /// A file without a channel suffix, a missing channel or one too many is an error that names all such files. Hidden files and other
    /// endings are passed over.
    /// - fileEnding: of the dataset, compared case-sensitively.
    /// - channelCount: of the dataset; channels must be numbered from 0000 without a gap.
    public static func nnUNetCases(
        in folder: String, fileEnding: String, channelCount: Int
    ) throws(CasePredictionError) -> [CaseFiles] {
        var channels: [String: [Int: String]] = [:]
        var problems: [String] = []
        for name in try fileNames(in: folder) {
            guard let parsed = CaseNaming.parse(name, endings: [fileEnding]) else { continue }
            guard let channel = parsed.channel else {
                problems.append("\(name) has no channel number such as _0000 before \(fileEnding)")
                continue
            }
            channels[parsed.caseName, default: [:]][channel] = folder + "/" + name
        }
        let cases = channels.keys.sorted(by: CaseNaming.precedes).map { name in
            let found = channels[name] ?? [:]
            problems += channelProblems(of: name, found: Set(found.keys), channelCount: channelCount, fileEnding: fileEnding)
            return CaseFiles(name: name, channelPaths: found.sorted { $0.key < $1.key }.map(\.value))
        }
        guard problems.isEmpty else {
            throw .badInput(
                path: folder, problem: summary(of: problems),
                advice: "the model takes \(channelCount) channel(s), named <case>_0000\(fileEnding) and so on; `nnunet convert` renames")
        }
        return cases
    }

    /// What is wrong with the channel numbers of one case; empty when they are 0 ..< channelCount.
    public static func channelProblems(
        of name: String, found: Set<Int>, channelCount: Int, fileEnding: String = ".nii.gz"
    ) -> [String] {
        let expected = Set(0..<channelCount)
        let file = { CaseNaming.channelFile(name, channel: $0, ending: fileEnding) }
        return expected.subtracting(found).sorted().map { "\(file($0)) is missing" }
            + found.subtracting(expected).sorted().map { "\(file($0)) is a channel the model does not have" }
    }

    /// The names of the regular files of a folder, sorted by code point.
    package static func fileNames(in folder: String) throws(CasePredictionError) -> [String] {
        try entries(of: folder).filter { !$0.isFolder }.map(\.name)
    }

    /// The entries of a folder, hidden ones left out, sorted by code point.
    static func entries(of folder: String) throws(CasePredictionError) -> [(name: String, isFolder: Bool)] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
            let problem = exists ? (isFolder.boolValue ? "cannot be listed" : "is a file, not a folder") : "there is no such folder"
            throw .missing(path: folder, problem: problem, advice: "give a readable folder")
        }
        return names.filter { !$0.hasPrefix(".") }.sorted(by: CaseNaming.precedes).map { name in
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
            return (name, exists && isFolder.boolValue)
        }
    }

    /// The first few problems in one line.
    static func summary(of problems: [String]) -> String {
        let shown = problems.prefix(8).joined(separator: "; ")
        return problems.count > 8 ? shown + "; and \(problems.count - 8) more" : shown
    }
}
