import ArgumentParser
import CasePrediction
import DICOM
import Foundation

/// DICOM or NIfTI folders to nnU-Net naming.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write DICOM series or images as nnU-Net takes them: <case>_0000.nii.gz.",
        discussion: """
            DICOM: one case for each sub-folder and series, named by the sub-folder, with the series number when it holds several; loose \
            files by series number and the last part of the UID. Images without a channel number become channel 0000. NIfTI: .nii is \
            compressed; voxels and headers stay as they are. NRRD, MetaImage and GIPL become NIfTI on the same grid, int16 where that is \
            exact, float32 otherwise.

            EXAMPLES
              nnunet convert -i dicom -o imagesTs
              nnunet convert -i scans -o imagesTs
            """)

    @Option(name: .customShort("i"), help: "Folder of DICOM series or of NIfTI, NRRD, MetaImage or GIPL files.")
    var input: String

    @Option(name: .customShort("o"), help: "Output folder; made when it is not there.")
    var output: String

    @Option(
        name: .customLong("min_slices"),
        help: "Slices a DICOM series must have to be a case. (default: 2, and not few beside a much longer series)")
    var minimumSlices: Int?

    func validate() throws {
        try PredictionArguments.check(minimumSlices: minimumSlices)
    }

    func run() throws {
        var output = try OutputFolder(self.output, apartFrom: [("-i", input)])
        let images = try CaseGrouping.medicalCases(in: input)
        let dicom = try CaseGrouping.dicomCases(in: input, minimumSlices: minimumSlices)
        let otherEndings = Dictionary(images.passedOver.map { ($0.path, $0.reason) }) { first, _ in first }
        Console.passedOver(
            dicom.passedOver.filter {
                CaseNaming.parse(URL(filePath: $0.path).lastPathComponent, endings: CaseGrouping.medicalEndings) == nil
            }
            .map { ($0.path, otherEndings[$0.path] ?? $0.reason) })
        guard !images.cases.isEmpty || !images.refused.isEmpty || !dicom.cases.isEmpty else {
            if let damaged = dicom.damaged.first { throw Failure(.badInput, "\(damaged.path): \(damaged.reason); export or copy it again") }
            if let other = dicom.otherObjects.first(where: { DICOMProbe.isDICOM(path: $0.path) }) {
                throw Failure(.badInput, "\(input): no DICOM series that can be used: \(other.path) \(other.reason)")
            }
            throw Failure(.missing, "\(input): neither an image such as a NIfTI file nor a DICOM series here")
        }
        if !dicom.cases.isEmpty { try output.requireOutside(input, option: "-i") }
        output.protect(images.cases.lazy.flatMap(\.channelPaths))
        output.protect(dicom.cases.lazy.flatMap { $0.series.files.map(\.path) })
        try output.make()
        var loop = CaseLoop()
        for item in images.refused { try loop.run(item.name) { throw item.error } }
        for item in images.cases {
            try convert(item.name, channels: item.channelPaths.count, to: output, loop: &loop) {
                try CaseConverter.convert(imagePaths: item.channelPaths, caseName: item.name, to: output.path)
            }
        }
        let taken = Set(images.cases.map(\.name))
        for item in dicom.cases {
            try convert(item.name, channels: 1, to: output, loop: &loop) {
                guard !taken.contains(item.name) else {
                    throw Failure(.badInput, "an image and a DICOM series of \(input) have this name; rename one of them")
                }
                return try CaseConverter.convert(item, to: output.path)
            }
        }
        try loop.finish()
    }

    /// Converts one case; a bad one does not keep the others from being converted.
    private func convert(
        _ name: String, channels: Int, to output: OutputFolder, loop: inout CaseLoop, _ body: () throws -> CaseConverter.Converted
    ) throws {
        let files = (0..<channels).map { CaseNaming.channelFile(name, channel: $0) }
        try loop.run(name, result: output.path + "/" + files[0]) {
            for file in files { try output.target(file) }
            let converted = try body()
            for warning in converted.warnings { Console.problem("\(name): warning: \(warning)") }
            Console.line("\(name): \(converted.files.channelPaths.map { URL(filePath: $0).lastPathComponent }.joined(separator: ", "))")
        }
    }
}
