import ArgumentParser
import CasePrediction
import Foundation
import ImageIO
import TrainedModels

/// What a file or folder is, in plain words.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what a model folder, checkpoint, DICOM folder or NIfTI file is.",
        discussion: """
            Nothing that identifies a patient is read from DICOM files.

            EXAMPLES
              nnunet inspect model
              nnunet inspect fold_0/checkpoint_final.pth --json
              nnunet inspect case_0000.nii.gz dicom/series_2
            """)

    @Argument(help: "Model folders, checkpoints, folders of DICOM files, DICOM or NIfTI files.")
    var paths: [String]

    @Flag(name: .customLong("json"), help: "Print JSON: one object for one path, a list for several.")
    var isJSON = false

    func run() throws {
        let facts = try paths.map(Self.facts)
        if isJSON {
            let values = facts.map(\.json)
            Console.line((values.count == 1 ? values[0] : .array(values)).pythonText())
        } else {
            Console.line(facts.map(\.text).joined(separator: "\n\n"))
        }
    }

    private static func facts(about path: String) throws -> Facts {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure(.missing, "\(path): there is no such file or folder")
        }
        if isFolder.boolValue {
            let isModel = FileManager.default.fileExists(atPath: path + "/plans.json")
            return isModel ? try Inspection.modelFolder(path) : try Inspection.dicomFolder(path)
        }
        if CaseNaming.parse(URL(filePath: path).lastPathComponent) != nil { return try Inspection.nifti(path) }
        if DICOMProbe.isDICOM(path: path) { return try Inspection.dicomFile(path) }
        return try Inspection.checkpoint(path)
    }
}
