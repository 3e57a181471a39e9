import CasePrediction
import Files
import Foundation
import ImageFiles
import Plans

/// A data set of training cases as it lies in `nnUNet_raw`.
struct RawDataset {
    /// Its folder.
    let folder: String
    /// dataset.json.
    let description: DatasetDescription

    /// Where dataset.json lies.
    var descriptionPath: String { folder + "/dataset.json" }

    /// - `option`: the one that names the data set, for errors.
    init(_ folder: String, option: String) throws {
        self.folder = folder
        try InputPlace.requireFile(folder + "/dataset.json", option: option)
        description = try DatasetDescription(contentsOf: folder + "/dataset.json")
    }

    /// The class that reads the images: the data set's own word, else the first of nnU-Net's that can read one.
    ///
    /// - `acceptsOtherEndings`: whether classes that don't take the ending are tried, too.
    func reader(acceptsOtherEndings: Bool = false) throws -> ReaderWriter {
        guard description.readerWriterName == nil else { return try readerWriter(for: description) }
        return try readerWriter(for: description, example: firstImage(), acceptsOtherEndings: acceptsOtherEndings)
    }

    /// Environment variables in a path, as Python's `expandvars`: `$NAME` and `${NAME}`; what is not set stays.
    private static func expanded(_ path: String, _ environment: [String: String]) -> String {
        path.replacing(#/\$(?:(\w+)|\{([^}]*)\})/#) { match in
            environment[String(match.1 ?? match.2 ?? "")] ?? String(match.0)
        }
    }

    /// The first channel of the first case.
    private func firstImage() throws -> String {
        if let cases = description.json["dataset"]?.members {
            guard let path = cases.first?.value["images"]?.elements?.first?.string else {
                throw Failure(.badModel, "\(descriptionPath): dataset lists no image")
            }
            let place = Self.expanded(path, ProcessInfo.processInfo.environment)
            return place.hasPrefix("/") ? place : joinedPath(folder, place)
        }
        let images = folder + "/imagesTr"
        try InputPlace.requireFolder(images, option: "-d")
        let names = try FileManager.default.contentsOfDirectory(atPath: images).filter { $0.hasSuffix(description.fileEnding) }.sorted()
        guard let first = names.first else { throw Failure(.missing, "\(images): no image ends with \(description.fileEnding)") }
        return images + "/" + first
    }
}
