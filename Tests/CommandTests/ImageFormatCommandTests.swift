import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// The commands on images of other formats than NIfTI.
struct `Commands on other formats` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["nifti", "other", "loose"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
        try writeVolume(phantomSlices(), to: folder.file("nifti/a_0000.nii.gz"))
    }

    /// The phantom's slices as a file with a text header.
    private func write(_ path: String) throws {
        let volume = phantomSlices()
        let (size, spacing) = (volume.geometry.size, volume.geometry.spacing)
        let header =
            path.hasSuffix(".nrrd")
            ? """
            NRRD0004
            type: short
            dimension: 3
            space: left-posterior-superior
            sizes: \(size.x) \(size.y) \(size.z)
            space directions: (\(spacing.x),0,0) (0,\(spacing.y),0) (0,0,\(spacing.z))
            endian: little
            encoding: raw
            space origin: (0,0,0)


            """
            : """
            ObjectType = Image
            NDims = 3
            BinaryData = True
            BinaryDataByteOrderMSB = False
            ElementSpacing = \(spacing.x) \(spacing.y) \(spacing.z)
            DimSize = \(size.x) \(size.y) \(size.z)
            ElementType = MET_SHORT
            ElementDataFile = LOCAL

            """
        let voxels = volume.voxels.values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        try Data(Array(header.utf8) + voxels).write(to: URL(filePath: path))
    }

    private func model(_ ending: String, reader: String = "SimpleITKIO") throws -> String {
        let dataset = """
            {"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1, "kidney": 2, "spine": 3}, "numTraining": 12,
             "file_ending": "\(ending)"}
            """
        return try ModelCopy.make(at: folder.file("model" + ending), reader: reader, dataset: dataset)
    }

    private func predict(_ input: String, _ output: String, _ model: String, _ options: String...) throws -> Command.Outcome {
        try Command.run(
            ["predict_from_modelfolder", "-i", folder.file(input), "-o", folder.file(output), "-m", model, "-f", "0", "--disable_tta"]
                + options)
    }

    @Test(arguments: [".nrrd", ".mha"])
    func `give the same labels from the prediction to its evaluation`(ending: String) throws {
        try write(folder.file("other/a_0000\(ending)"))
        let other = try predict("other", "masks", try model(ending), "--save_probabilities")
        #expect(other.status == 0, "\(other.errors)")
        #expect(try predict("nifti", "expected", try model(".nii.gz")).status == 0)
        // Converted, the masks are NIfTI files whose every byte is known.
        try FileManager.default.copyItem(atPath: folder.file("masks/a\(ending)"), toPath: folder.file("loose/a\(ending)"))
        #expect(try Command.run(["convert", "-i", folder.file("loose"), "-o", folder.file("converted")]).status == 0)
        let found = try readLabels(path: folder.file("converted/a_0000.nii.gz"))
        let expected = try readLabels(path: folder.file("expected/a.nii.gz"))
        #expect(found.labels.voxels.values == expected.labels.voxels.values)
        #expect(found.source.difference(from: expected.source) == nil)

        let again = try predict("other", "masks", folder.file("model" + ending), "--save_probabilities", "--continue_prediction")
        #expect(again.output.contains("a: already predicted"))
        let masks = folder.file("masks")
        #expect(try Command.run(["ensemble", "-i", masks, masks, "-o", folder.file("average")]).status == 0)
        let evaluation = try Command.run(
            [
                "evaluate_folder", masks, folder.file("average"), "-djfile", masks + "/dataset.json", "-pfile", masks + "/plans.json", "-o",
                folder.file("summary.json"),
            ])
        #expect(evaluation.status == 0, "\(evaluation.errors)")
        let simple = try Command.run(["evaluate_simple", masks, folder.file("average"), "-l", "1", "-o", folder.file("simple.json")])
        #expect(simple.status == 0, "\(simple.errors)")
    }

    @Test func `inspect them`() throws {
        try write(folder.file("a.nrrd"))
        let outcome = try Command.run(["inspect", folder.file("a.nrrd"), "--json"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("NRRD file") && outcome.output.contains("SimpleITKIO") && outcome.output.contains("int16"))
        try Data("NRRD".utf8).write(to: URL(filePath: folder.file("b.nrrd")))
        #expect(try Command.run(["inspect", folder.file("b.nrrd")]).errors.contains("b.nrrd"))
    }

    @Test func `never take DICOM for pictures`() throws {
        let outcome = try predict("loose", "out", try model(".png", reader: "NaturalImage2DIO"))
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("no files named <case>_0000.png"))
    }
}
