import ArgumentParser
import CasePrediction
import Foundation

/// DICOM or NIfTI folders to nnU-Net naming.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write DICOM series or NIfTI files as nnU-Net takes them: <case>_0000.nii.gz.",
        discussion: """
            DICOM: one case for each sub-folder and series, named by the sub-folder, with the series number when it holds several; loose \
            files by series description and the last part of the UID. NIfTI: files without a channel number become channel 0000, .nii is \
            compressed; voxels and headers stay as they are.

            EXAMPLES
              nnunet convert -i dicom -o imagesTs
              nnunet convert -i scans -o imagesTs
            """)

    @Option(name: .customShort("i"), help: "Folder of DICOM series or of NIfTI files.")
    var input: String

    @Option(name: .customShort("o"), help: "Output folder; made when it is not there.")
    var output: String

    func validate() throws {
        guard input != output else { throw ValidationError("-i and -o must be different folders") }
    }

    func run() throws {
        let nifti = try CaseGrouping.niftiCases(in: input)
        let dicom = try CaseGrouping.dicomCases(in: input)
        for other in dicom.passedOver where CaseNaming.parse(URL(filePath: other.path).lastPathComponent) == nil {
            Console.problem("\(other.path): passed over: \(other.reason)")
        }
        guard !nifti.isEmpty || !dicom.cases.isEmpty else {
            if let damaged = dicom.damaged.first { throw Failure(.badInput, "\(damaged.path): \(damaged.reason); export or copy it again") }
            throw Failure(.missing, "\(input): neither a NIfTI file nor a DICOM series here")
        }
        try makeFolder(output)
        var failures: [Failure] = []
        for item in nifti {
            try attempt(item.name, failures: &failures) {
                try CaseConverter.convert(niftiPaths: item.channelPaths, caseName: item.name, to: output)
            }
        }
        for item in dicom.cases {
            try attempt(item.name, failures: &failures) { try CaseConverter.convert(item, to: output) }
        }
        if let first = failures.first {
            throw Failure(first.status, "\(failures.count) of \(nifti.count + dicom.cases.count) cases failed, see above")
        }
    }

    /// Converts one case; a bad one does not keep the others from being converted.
    private func attempt(_ name: String, failures: inout [Failure], _ convert: () throws -> CaseConverter.Converted) throws {
        try Interruption.check()
        do {
            let converted = try convert()
            for warning in converted.warnings { Console.problem("\(name): warning: \(warning)") }
            Console.line("\(name): \(converted.files.channelPaths.map { URL(filePath: $0).lastPathComponent }.joined(separator: ", "))")
        } catch {
            guard let failure = Failure(any: error), failure.status == .badInput else { throw error }
            Console.problem("\(name): \(failure)")
            failures.append(failure)
        }
    }
}
