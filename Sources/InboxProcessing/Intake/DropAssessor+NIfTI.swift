import CasePrediction
import Files
import SystemPackage

extension DropAssessor {
    /// The NIfTI files of one case within a drop: those of one name but for the channel.
    struct NIfTIFiles {
        /// The folders that hold them, from the dropped one down; empty for loose files.
        let folders: [Substring]
        /// The files' name without channel and ending.
        let stem: String
        /// Sorted; below the inbox.
        let files: [String]

        /// The folders as bytes: names that look alike may be two.
        var place: FilePath { FilePath(folders.joined(separator: "/")) }

        /// What the case is called: after its folders, since the files of many subjects are called alike; with the files' own name besides
        /// where a folder holds several cases.
        func name(isAlone: Bool) -> String {
            guard let last = folders.last else { return stem }
            let folders = folders.map(String.init)
            if isAlone { return folders.joined(separator: "_") }
            return ((stem.hasPrefix(last) ? folders.dropLast() : folders) + [stem]).joined(separator: "_")
        }
    }

    /// The NIfTI cases among dropped paths, by folder and name, and the paths that are none. Channels that lie in several folders of a drop
    /// make one case as long as none is there twice.
    static func niftiCases(among paths: [String]) -> (cases: [NIfTIFiles], rest: [String]) {
        var found: [FilePath: [(path: String, channel: Int?)]] = [:]
        var rest: [String] = []
        for path in paths.sorted() {
            if let parsed = CaseNaming.parse(fileName(path)) {
                found[FilePath(parsed.caseName), default: []].append((path, parsed.channel))
            } else {
                rest.append(path)
            }
        }
        let cases = found.sorted { $0.key < $1.key }.flatMap { name, files in
            let stem = String(decoding: name.bytes, as: UTF8.self)  // made from text above; a description would escape it
            let channels = files.compactMap(\.channel)
            if channels.count == files.count, Set(channels).count == channels.count {
                return [NIfTIFiles(folders: commonFolders(files.map(\.path)), stem: stem, files: files.map(\.path))]
            }
            return Dictionary(grouping: files.map(\.path)) { FilePath($0).parent }.map { _, files in
                NIfTIFiles(folders: files[0].split(separator: "/").dropLast(), stem: stem, files: files)
            }.sorted { $0.files[0] < $1.files[0] }
        }
        return (cases, rest)
    }

    /// The folders that all paths lie in, from the dropped one down.
    private static func commonFolders(_ paths: [String]) -> [Substring] {
        let folders = paths.map { Array($0.split(separator: "/").dropLast()) }
        return folders.dropFirst().reduce(folders.first ?? []) { common, other in
            Array(zip(common, other).prefix { $0 == $1 }.map(\.0))
        }
    }
}
