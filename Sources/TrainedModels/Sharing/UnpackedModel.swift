package import Files
import Foundation

/// A model out of a zip archive, unpacked beside the system's other temporary files for as long as this lives.
package final class UnpackedModel {
    /// The model folder; its archive's other models lie beside it.
    package let path: String
    private let folder: String

    /// Unpacks the archive that a path names: `model.zip`, or `model.zip/Trainer__Plans__Configuration` where it holds several models.
    /// Nil where the path leads into no file.
    ///
    /// - Parameters:
    ///   - path: what a person gave for a model folder.
    ///   - progress: as `ModelArchive.unpack` tells it.
    /// - Throws: `Problem` for an archive that `ModelArchive` refuses, and where the model can't be told.
    package init?(_ path: String, progress: (_ written: Int, _ total: Int) -> Bool) throws(Problem) {
        guard let (file, wanted) = Self.archive(in: path) else { return nil }
        let archive = try ModelArchive(path: file)
        let models = archive.models.filter { wanted.isEmpty || $0 == wanted || $0.hasSuffix("/" + wanted) }
        guard models.count == 1 else {
            throw .mismatch(
                path: file, item: "model", expected: wanted.isEmpty ? "one model" : wanted,
                found: archive.models.joined(separator: ", "), advice: "say which, as in \(file)/\(archive.models[0])")
        }
        folder = FileManager.default.temporaryDirectory.path + "/nnunet-model-" + UUID().uuidString
        self.path = folder + "/" + models[0]
        do throws(Problem) {
            try archive.unpack(below: folder, progress: progress)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The file in a path, and what follows it.
    private static func archive(in path: String) -> (file: String, inside: String)? {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init), inside: [String] = []
        while !parts.isEmpty {
            var isFolder: ObjCBool = false
            let place = parts.joined(separator: "/")
            if FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) {
                return isFolder.boolValue ? nil : (place, inside.filter { !$0.isEmpty }.joined(separator: "/"))
            }
            inside.insert(parts.removeLast(), at: 0)
        }
        return nil
    }
}
