package import Files
import Foundation

/// Finds the cases in a folder.
package enum CaseGrouping {
    /// The cases of a folder in nnU-Net naming, sorted by code point (`create_lists_from_splitted_dataset_folder`, made strict).
    ///
    /// A file without a channel suffix, a missing channel or one too many refuses its own case and no other. Hidden files and those that are
    /// no images are passed over without a word.
    ///
    /// - `fileEnding`: of the dataset, compared case-sensitively.
    /// - `channelCount`: of the dataset; channels must be numbered from 0000 without a gap. Nil where a file may hold several: then as many
    ///   files as there are make a case.
    /// - Throws: `.missing` where there is no such folder.
    package static func nnUNetCases(in folder: String, fileEnding: String, channelCount: Int?) throws(Problem) -> FoundCases {
        var channels: [String: [Int: String]] = [:]
        var refused: [FoundCases.Refused] = []
        let wanted = channelCount.map { "the model takes \($0) channel(s), named" } ?? "files are named"
        let advice = "\(wanted) <case>_0000\(fileEnding) and so on; `nnunet convert` renames"
        let entries = try entries(of: folder)
        for (name, isFolder) in entries where !isFolder {
            guard let parsed = CaseNaming.parse(name, endings: [fileEnding]) else {
                if name.hasSuffix(fileEnding) { refused.append(.init(name: name, error: nameless(name, in: folder, advice))) }
                continue
            }
            guard let channel = parsed.channel else {
                let problem = "\(name) has no channel number such as _0000 before \(fileEnding)"
                refused.append(.init(name: parsed.caseName, error: .badInput(path: folder, problem: problem, advice: advice)))
                continue
            }
            channels[parsed.caseName, default: [:]][channel] = folder + "/" + name
        }
        var cases: [CaseFiles] = []
        for (name, found) in channels {
            let count = channelCount ?? (found.keys.max() ?? 0) + 1
            let problems = channelProblems(of: name, found: Set(found.keys), channelCount: count, fileEnding: fileEnding)
            if problems.isEmpty {
                cases.append(CaseFiles(name: name, channelPaths: found.sorted { $0.key < $1.key }.map(\.value)))
            } else {
                refused.append(.init(name: name, error: .badInput(path: folder, problem: summary(of: problems), advice: advice)))
            }
        }
        return FoundCases(
            cases: cases.sorted { CaseNaming.precedes($0.name, $1.name) },
            refused: refused.sorted { CaseNaming.precedes($0.name, $1.name) },
            passedOver: passedOver(entries, in: folder, endings: [fileEnding])
                + entries.filter(\.isFolder).map { (folder + "/" + $0.name, "cases are taken from the files beside this folder") }
                + hiddenImages(in: folder, ending: fileEnding).map { (folder + "/" + $0, "hidden files are no cases") })
    }

    /// What is wrong with a file of nothing but a channel number and an ending.
    static func nameless(_ name: String, in folder: String, _ advice: String) -> Problem {
        .badInput(path: folder, problem: "\(name) has no case's name before its channel number or ending", advice: advice)
    }

    /// The label maps of a folder, sorted by code point, and the images that have another ending.
    package static func masks(
        in folder: String, fileEnding: String
    ) throws(Problem) -> (names: [String], passedOver: [(path: String, reason: String)]) {
        let entries = try entries(of: folder)
        let names = entries.filter { !$0.isFolder && $0.name.hasSuffix(fileEnding) }.map(\.name)
        return (names, passedOver(entries, in: folder, endings: [fileEnding]))
    }

    /// The images of a folder that have another ending than those taken, with the reason.
    static func passedOver(
        _ entries: [(name: String, isFolder: Bool)], in folder: String, endings: [String]
    ) -> [(path: String, reason: String)] {
        entries.filter { !$0.isFolder }.compactMap { name, _ in
            guard CaseNaming.looksLikeImage(name), !endings.contains(where: name.hasSuffix) else { return nil }
            return (folder + "/" + name, "only files ending in \(endings.joined(separator: " or ")), spelled like that, are taken here")
        }
    }

    /// What is wrong with the channel numbers of one case; empty when they are 0 ..< channelCount.
    package static func channelProblems(
        of name: String, found: Set<Int>, channelCount: Int, fileEnding: String = ".nii.gz"
    ) -> [String] {
        let expected = Set(0..<channelCount)
        let file = { CaseNaming.channelFile(name, channel: $0, ending: fileEnding) }
        return expected.subtracting(found).sorted().map { "\(file($0)) is missing" }
            + found.subtracting(expected).sorted().map { "\(file($0)) is a channel the model does not have" }
    }

    /// The names of the regular files of a folder, sorted by code point.
    package static func fileNames(in folder: String) throws(Problem) -> [String] {
        try entries(of: folder).filter { !$0.isFolder }.map(\.name)
    }

    /// The entries of a folder, hidden ones left out, sorted by code point.
    static func entries(of folder: String) throws(Problem) -> [(name: String, isFolder: Bool)] {
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

    /// Hidden files that would be channels by their names; what a Macintosh leaves beside every file is none of them.
    private static func hiddenImages(in folder: String, ending: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(".") && !$0.hasPrefix("._") && $0.hasSuffix(ending) }.sorted()
    }

    /// The first few problems in one line.
    static func summary(of problems: [String]) -> String {
        let shown = problems.prefix(8).joined(separator: "; ")
        return problems.count > 8 ? shown + "; and \(problems.count - 8) more" : shown
    }
}
