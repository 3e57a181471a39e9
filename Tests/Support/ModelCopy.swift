import Foundation

/// Copies of the bundled 2D model with another reader or dataset.json; its checkpoint is linked, not copied.
package enum ModelCopy {
    /// Regions for the bundled model's four output channels, in the words of dataset.json.
    package static let regions = #"""
        {"channel_names": {"0": "CT"}, "file_ending": ".nii.gz", "numTraining": 1, "regions_class_order": [1, 2, 3, 4],
         "labels": {"background": 0, "all": [1, 2, 3, 4], "organs": [2, 3, 4], "kidneys": [3, 4], "spine": 4}}
        """#

    /// Makes the copy and gives its path.
    ///
    /// - `path`: a folder that is not there yet.
    /// - `reader`: the class that plans.json shall name.
    /// - `dataset`: the whole dataset.json.
    package static func make(at path: String, reader: String = "SimpleITKIO", dataset: String? = nil) throws -> String {
        let model = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let plans = try String(contentsOfFile: model + "/plans.json", encoding: .utf8)
        try Data(plans.replacing("\"SimpleITKIO\"", with: "\"\(reader)\"").utf8).write(to: URL(filePath: path + "/plans.json"))
        let text = try dataset ?? String(contentsOfFile: model + "/dataset.json", encoding: .utf8)
        try Data(text.utf8).write(to: URL(filePath: path + "/dataset.json"))
        try FileManager.default.createSymbolicLink(atPath: path + "/fold_0", withDestinationPath: model + "/fold_0")
        return path
    }
}
