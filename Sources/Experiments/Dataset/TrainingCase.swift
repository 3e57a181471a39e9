package import Files
import Foundation
package import Plans
import PythonFormats

/// A case of a raw data set: its images, channel by channel, and its labels.
package struct TrainingCase: Sendable {
    /// Its name.
    package let name: String
    /// The channels' files.
    package let imagePaths: [String]
    /// The labels' file.
    package let labelPath: String

    /// Joins a name and its files.
    package init(name: String, imagePaths: [String], labelPath: String) {
        self.name = name
        self.imagePaths = imagePaths
        self.labelPath = labelPath
    }

    /// The cases of a data set as nnU-Net finds them: those that dataset.json lists, else the files of imagesTr; sorted, whether or not their
    /// files are there. Hidden files are no cases.
    ///
    /// - Parameters:
    ///   - dataset: its description.
    ///   - folder: the raw data set.
    ///   - environment: for variables in listed paths.
    /// - Throws: `Problem` for a list that is none, or an imagesTr that can't be read.
    /// - Returns: the cases.
    package static func all(
        of dataset: DatasetDescription, in folder: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Problem) -> [TrainingCase] {
        let file = JSONField(file: folder + "/dataset.json", value: dataset.json)
        guard let listed = file.optional("dataset") else { return try found(in: folder, ending: dataset.fileEnding) }
        var cases: [TrainingCase] = []
        for (name, field) in try listed.members() {
            func place(_ field: JSONField) throws(Problem) -> String {
                let path = expanded(try field.string(), environment)
                return path.hasPrefix("/") ? path : folder + "/" + path
            }
            var images: [String] = []
            for element in try field.required("images").elements() { images.append(try place(element)) }
            cases.append(TrainingCase(name: name, imagePaths: images, labelPath: try place(field.required("label"))))
        }
        return cases
    }

    private static func found(in folder: String, ending: String) throws(Problem) -> [TrainingCase] {
        let images = folder + "/imagesTr"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: images) else {
            throw Problem(.missing, at: images, "there is no such folder that can be read")
        }
        // Whatever stands in the place of the channel's number belongs to a case.
        let files = names.filter { $0.hasSuffix(ending) && !$0.hasPrefix(".") && $0.count >= ending.count + 5 }.sorted()
        var channels: [String: [String]] = [:]
        for name in files {
            let stem = name.dropLast(ending.count), number = stem.suffix(5)
            let isChannel = number.first == "_" && number.dropFirst().allSatisfy { "0"..."9" ~= $0 }
            channels[String(stem.dropLast(5)), default: []] += isChannel ? [images + "/" + name] : []
        }
        return channels.keys.sorted().map { name in
            TrainingCase(name: name, imagePaths: channels[name] ?? [], labelPath: "\(folder)/labelsTr/\(name)\(ending)")
        }
    }

    /// Environment variables in a path, as Python's `expandvars`: `$NAME` and `${NAME}`; what is not set stays.
    private static func expanded(_ path: String, _ environment: [String: String]) -> String {
        path.replacing(#/\$(?:(\w+)|\{([^}]*)\})/#) { match in
            environment[String(match.1 ?? match.2 ?? "")] ?? String(match.0)
        }
    }
}
