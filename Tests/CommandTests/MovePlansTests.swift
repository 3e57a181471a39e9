import Foundation
import TestSupport
import Testing

/// Plans given to another dataset, as nnU-Net does it.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct `Moving plans` {
    private let folder: TemporaryFolder
    private var roots: [String: String] {
        ["nnUNet_raw": folder.file("move/raw"), "nnUNet_preprocessed": folder.file("move/preprocessed")]
    }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: SharedReference.commandRun("trees/move"), toPath: folder.file("move"))
        for root in ["raw", "preprocessed"] {
            let path = folder.file("move/" + root)
            for name in try ["."] + FileManager.default.subpathsOfDirectory(atPath: path) {
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path + "/" + name)
            }
        }
    }

    @Test(arguments: [
        (["-s", "641", "-t", "Dataset642_Target", "-sp", "nnUNetPlans"], "move_same_name", "nnUNetPlans"),
        (
            ["-s", "Dataset641_Source", "-t", "642", "-sp", "nnUNetPlans", "-tp", "nnUNetPlansFrom"], "move_new_name", "nnUNetPlansFrom"
        ),
    ])
    func `gives nnU-Net's file byte for byte`(arguments: [String], run: String, name: String) throws {
        let outcome = try Command.run(arguments, as: "nnUNetv2_move_plans_between_datasets", environment: roots)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let path = "preprocessed/Dataset642_Target/\(name).json"
        let found = FileManager.default.contents(atPath: folder.file("move/" + path))
        #expect(try found == Data(contentsOf: URL(filePath: SharedReference.commandRun("after/\(run)/\(path)"))))
    }

    @Test(arguments: [
        ("raw/Dataset642_Target/imagesTr/x_0000.nii", "imagesTr"), ("preprocessed/Dataset641_Source/nnUNetPlans.json", "nnUNetPlans.json"),
        ("raw/Dataset642_Target/dataset.json", "dataset.json"),
    ])
    func `names what is missing and writes nothing`(missing: String, word: String) throws {
        try FileManager.default.removeItem(atPath: folder.file("move/" + missing))
        let outcome = try Command.run(
            ["move_plans_between_datasets", "-s", "641", "-t", "642", "-sp", "nnUNetPlans", "-tp", "other"], environment: roots)
        #expect(outcome.status == 66 && outcome.errors.contains(word), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("move/preprocessed/Dataset642_Target/other.json")))
    }
}
