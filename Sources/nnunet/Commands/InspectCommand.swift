import ArgumentParser
import CasePrediction
import DICOM
import Foundation

/// What a file or folder is, in plain words.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what a model folder or zip, checkpoint, DICOM folder or image is.",
        discussion: """
            Of a model it says whether it runs here, and why not. What can't be used is named, the other paths are inspected, and the \
            exit status is the first failure's. Nothing that names a patient, and no free text, is shown of DICOM files.

            EXAMPLES
              nnunet inspect model
              nnunet inspect fold_0/checkpoint_final.pth --json
              nnunet inspect case_0000.nii.gz dicom/series_2
            """)

    @Argument(
        help:
            "Model folders or zip archives, checkpoints, folders of DICOM files, DICOM files or images (NIfTI, NRRD, MetaImage, GIPL, PNG, BMP, TIFF)."
    )
    var paths: [String]

    @Flag(name: .customLong("json"), help: "Print JSON (RFC 8259): one object for one path, a list for several; unknown numbers are null.")
    var isJSON = false

    func run() throws {
        var findings: [Finding] = []
        for path in paths {
            try Interruption.check()
            let finding = Self.finding(about: path)
            if !isJSON, finding.isKnown { Console.line((findings.isEmpty ? "" : "\n") + finding.facts.text) }
            if let failure = finding.failure, paths.count > 1 { Console.problem(failure.description) }
            findings.append(finding)
        }
        if isJSON {
            let values = findings.map(\.facts.json)
            Console.line((values.count == 1 ? values[0] : .array(values)).strictText)
        }
        let failures = findings.compactMap(\.failure)
        guard let first = failures.first else { return }
        throw paths.count == 1 ? first : Failure(first.status, "\(failures.count) of \(paths.count) paths can't be used, see above")
    }

    private static func finding(about path: String) -> Finding {
        do {
            return try known(path)
        } catch {
            return Finding(path: path, failure: Failure(any: error) ?? Failure(.computation, "\(error)"))
        }
    }

    private static func known(_ path: String) throws -> Finding {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure(.missing, "\(path): there is no such file or folder")
        }
        if isFolder.boolValue {
            let isModel = FileManager.default.fileExists(atPath: path + "/plans.json")
            return isModel ? Inspection.modelFolder(path) : Finding(try Inspection.dicomFolder(path))
        }
        if CaseNaming.parse(URL(filePath: path).lastPathComponent) != nil { return Finding(try Inspection.nifti(path)) }
        if let image = try Inspection.image(path) { return Finding(image) }
        if DICOMProbe.isDICOM(path: path) { return Finding(try Inspection.dicomFile(path)) }
        return try Inspection.archive(path) ?? Finding(Inspection.checkpoint(path))
    }
}
