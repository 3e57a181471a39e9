import Foundation

/// Copies of the bundled models whose description is changed, with the weights they have.
package enum PhantomModel {
    /// The 2D model with one fold.
    package static let slices = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d")

    /// Copies a model folder, with texts of plans.json and dataset.json replaced.
    ///
    /// - `changes`: what stands in the files, and what shall; a text that is nowhere is an error of the test.
    package static func copy(_ model: String = slices, to folder: String, replacing changes: [String: String]) throws {
        try FileManager.default.copyItem(atPath: model, toPath: folder)
        try change(folder, replacing: changes)
    }

    /// Replaces texts of a folder's plans.json and dataset.json.
    package static func change(_ folder: String, replacing changes: [String: String]) throws {
        var missing = Set(changes.keys)
        for name in ["plans.json", "dataset.json"] {
            let path = folder + "/" + name
            guard var text = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
            for (old, new) in changes where text.contains(old) {
                text = text.replacing(old, with: new)
                missing.remove(old)
            }
            try Data(text.utf8).write(to: URL(filePath: path))
        }
        guard missing.isEmpty else { throw Absent(texts: missing.sorted()) }
    }

    /// Texts that no file of the model has.
    struct Absent: Error {
        let texts: [String]
    }
}
