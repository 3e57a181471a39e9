import DICOM
import Foundation
import Imaging
import NIfTI
import Phantom
import PythonFormats
import TestSupport
import Testing

/// The predict commands from the outside: what they write, and what they say about bad input.
///
/// The bundled 2D model without mirroring on small cut-outs, so that each test takes a moment.
struct `The predict command` {
    private static let model = PhantomModel.slices
    private let folder: TemporaryFolder
    private var input: String { folder.file("in") }
    private var output: String { folder.file("out") }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: true)
    }

    /// Two slices of a phantom as a case.
    private func addCase(_ name: String) throws {
        try writeVolume(phantomSlices(), to: input + "/" + name)
    }

    private func predict(_ options: String...) throws -> Command.Outcome {
        try Command.run(
            ["predict_from_modelfolder", "-i", input, "-o", output, "-m", Self.model, "-f", "0", "--disable_tta"] + options)
    }

    private func modified(_ name: String) throws -> Date? {
        try FileManager.default.attributesOfItem(atPath: output + "/" + name)[.modificationDate] as? Date
    }

    @Test func `writes labels and nnU-Net's three files`() throws {
        try addCase("a_0000.nii.gz")
        let outcome = try predict()
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("a: done in"))
        #expect(outcome.errors.isEmpty)
        let names = try FileManager.default.contentsOfDirectory(atPath: output)
        #expect(Set(names) == ["a.nii.gz", "dataset.json", "plans.json", "predict_from_raw_data_args.json"])
        for name in ["dataset.json", "plans.json"] {
            let written = try String(contentsOfFile: output + "/" + name, encoding: .utf8)
            let expected = try String(contentsOfFile: PhantomBundle.path("expected/2d_fold0/" + name), encoding: .utf8)
            #expect(written == expected)
        }
        let arguments = try String(contentsOfFile: output + "/predict_from_raw_data_args.json", encoding: .utf8)
        #expect(
            arguments == """
                {
                    "folder_with_segs_from_prev_stage": null,
                    "list_of_lists_or_source_folder": "\(input)",
                    "num_parts": 1,
                    "num_processes_preprocessing": 3,
                    "num_processes_segmentation_export": 3,
                    "output_folder_or_list_of_truncated_output_files": "\(output)",
                    "overwrite": true,
                    "part_id": 0,
                    "save_probabilities": false
                }
                """)
    }

    @Test func `predicts the other cases where one is damaged, and fails at the end`() throws {
        for name in ["a", "b", "c"] { try addCase(name + "_0000.nii.gz") }
        let bytes = try Data(contentsOf: URL(filePath: input + "/b_0000.nii.gz"))
        try bytes.prefix(bytes.count / 2).write(to: URL(filePath: input + "/b_0000.nii.gz"))
        let outcome = try predict()
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("b_0000.nii.gz"))
        #expect(outcome.errors.contains("1 of 3 cases failed"))
        let masks = try FileManager.default.contentsOfDirectory(atPath: output).filter { $0.hasSuffix(".nii.gz") }
        #expect(Set(masks) == ["a.nii.gz", "c.nii.gz"])
    }

    @Test func `trades accuracy for time where that is asked for by name, and records it`() throws {
        try addCase("a_0000.nii.gz")
        let outcome = try predict("--fast", "steps", "mirroring")
        #expect(outcome.status == 0)
        #expect(outcome.errors.hasPrefix("nnunet: warning: --fast steps mirroring: less accurate than nnU-Net"))
        let arguments = try String(contentsOfFile: output + "/predict_from_raw_data_args.json", encoding: .utf8)
        #expect(arguments.contains("\"fast\": [\n        \"steps\",\n        \"mirroring\"\n    ]"), "\(arguments)")
        #expect(try predict("--fast", "folds", "-step_size", "0.3").status == 0)
        #expect(try predict("--fast", "steps", "-step_size", "0.3").status == 64)
        #expect(try predict("--fast", "everything").status == 64)
    }

    @Test func `does one case after the other without workers, to the same end`() throws {
        for name in ["a", "b", "c"] { try addCase(name + "_0000.nii.gz") }
        #expect(try predict().status == 0)
        let labels = try ["a", "b", "c"].map { try Data(contentsOf: URL(filePath: output + "/\($0).nii.gz")) }
        let outcome = try predict("-npp", "0", "-nps", "0")
        #expect(outcome.status == 0)
        #expect(try ["a", "b", "c"].map { try Data(contentsOf: URL(filePath: output + "/\($0).nii.gz")) } == labels)
        let said = outcome.output.split(separator: "\n").filter { $0.contains(": done in") }.map { $0.prefix(1) }
        #expect(said == ["a", "b", "c"])
    }

    @Test func `refuses tiles less than a voxel apart, and the folder of a fold for results`() throws {
        try addCase("a_0000.nii.gz")
        #expect(try predict("-step_size", "0.001").status == 64)
        let model = folder.file("model")
        try FileManager.default.copyItem(atPath: Self.model, toPath: model)
        let outcome = try Command.run(["predict_from_modelfolder", "-i", input, "-o", model + "/fold_0", "-m", model, "-f", "0"])
        #expect(outcome.status == 64 && outcome.errors.contains("one folder"), "\(outcome.errors)")
    }

    @Test func `goes by the last of an option that is given again`() throws {
        try addCase("a_0000.nii.gz")
        let outcome = try Command.run([
            "predict_from_modelfolder", "-i", input, "-o", output, "-m", Self.model, "-f", "7", "8", "--disable_tta", "-f", "0",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func `names hidden images, which are no cases`() throws {
        for name in ["a_0000.nii.gz", ".b_0000.nii.gz", "._a_0000.nii.gz"] { try addCase(name) }
        let outcome = try predict()
        #expect(outcome.errors.contains(".b_0000.nii.gz: passed over: hidden files are no cases"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("._a"))
    }

    @Test func `continues where it stopped, but trusts no truncated file`() throws {
        for name in ["a", "b"] { try addCase(name + "_0000.nii.gz") }
        #expect(try predict().status == 0)
        let (a, b) = (try modified("a.nii.gz"), try modified("b.nii.gz"))
        let handle = try FileHandle(forWritingTo: URL(filePath: output + "/b.nii.gz"))
        try handle.truncate(atOffset: 300)
        try handle.close()
        let outcome = try predict("--continue_prediction")
        #expect(outcome.output.contains("a: already predicted"))
        #expect(outcome.output.contains("b: done"))
        #expect(try modified("a.nii.gz") == a)
        #expect(try modified("b.nii.gz") != b)
        #expect(throws: Never.self) { try readLabels(path: output + "/b.nii.gz").labels.geometry.size }
    }

    @Test func `predicts again where probabilities are asked for and one is missing`() throws {
        try addCase("a_0000.nii.gz")
        #expect(try predict("--save_probabilities").status == 0)
        #expect(try predict("--save_probabilities", "--c").output.contains("a: already predicted"))
        try FileManager.default.removeItem(atPath: output + "/a.npz")
        #expect(try predict("--save_probabilities", "--c").output.contains("a: done"))
        #expect(try readNPZ(path: output + "/a.npz").shape == [4, 2, 140, 180])
    }

    @Test func `takes every third case from the part on`() throws {
        for number in 0..<7 { try addCase("c\(number)_0000.nii.gz") }
        let results = folder.file("results")
        let target = results + "/Dataset999_Phantom/nnUNetTrainer__nnUNetPlansSmall__2d"
        try FileManager.default.createDirectory(atPath: results + "/Dataset999_Phantom", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: target, withDestinationPath: Self.model)
        let arguments = ["-i", input, "-o", output, "-d", "999", "-p", "nnUNetPlansSmall", "-c", "2d", "-f", "0", "--disable_tta"]
        let outcome = try Command.run(
            arguments + ["-num_parts", "3", "-part_id", "1"], as: "nnUNetv2_predict",
            environment: ["nnUNet_results": results, "nnUNet_npp": "1"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let masks = try FileManager.default.contentsOfDirectory(atPath: output).filter { $0.hasSuffix(".nii.gz") }
        #expect(Set(masks) == ["c1.nii.gz", "c4.nii.gz"])
        let recorded = try String(contentsOfFile: output + "/predict_from_raw_data_args.json", encoding: .utf8)
        #expect(recorded.contains("\"num_processes_preprocessing\": 1,"))
        #expect(recorded.contains("\"num_parts\": 3,"))
    }

    @Test func `takes a folder of DICOM series, one case for each sub-folder`() throws {
        let made = try Command.run(["phantom", "-o", folder.file("made"), "--dicom", "--seed", "4"])
        #expect(made.status == 0)
        try FileManager.default.moveItem(atPath: folder.file("made/dicom/phantom_004"), toPath: input + "/exam 4")
        let outcome = try predict()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: output)
        #expect(names.contains("exam_4.nii.gz"))
        #expect(names.allSatisfy { !$0.hasPrefix(".") })
        let labels = try readLabels(path: output + "/exam_4.nii.gz")
        let truth = try readLabels(path: folder.file("made/labelsTs/phantom_004.nii.gz"))
        #expect(labels.source.geometry == truth.source.geometry)
        var same = 0
        for index in 0..<truth.labels.voxels.count where truth.labels.voxels[index] == labels.labels.voxels[index] { same += 1 }
        #expect(Double(same) / Double(truth.labels.voxels.count) > 0.98)
    }

    @Test func `names the mosaic that is all there is, and takes it for no slice`() throws {
        var synthesiser = DICOMSynthesiser()
        synthesiser.writer.modality = .magneticResonance
        var object = try synthesiser.objects()[0]
        object.set(0x0008, 0x0008, "CS", "ORIGINAL\\PRIMARY\\M\\ND\\MOSAIC")
        try Data(object.encodedFile()).write(to: URL(filePath: input + "/mosaic.dcm"))
        for outcome in [try predict(), try Command.run(["convert", "-i", input, "-o", output]), try Command.run(["inspect", input])] {
            #expect(outcome.status == 65)
            #expect(outcome.errors.contains("mosaic.dcm is a mosaic of several slices in one image"))
        }
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    @Test func `names three of many files that are passed over for one reason, and counts the rest`() throws {
        for (index, object) in try DICOMSynthesiser().objects().enumerated() {
            var object = object
            object.set(0x0028, 0x0008, "IS", "3")
            try Data(object.encodedFile()).write(to: URL(filePath: input + "/\(index).dcm"))
        }
        let outcome = try Command.run(["convert", "-i", input, "-o", output])
        #expect(outcome.errors.components(separatedBy: ".dcm: passed over: has 3 frames").count == 4)
        #expect(outcome.errors.contains("passed over: 5 more for the same reason: has 3 frames"), "\(outcome.errors)")
    }

    @Test func `refuses an MR series for a CT model unless it is allowed`() throws {
        let phantom = CTPhantom(seed: 5)
        let size = phantom.image.geometry.size
        var cut = Volume<Int16>(
            geometry: ImageGeometry(size: SIMD3(size.x, size.y, 2), spacing: phantom.image.geometry.spacing), repeating: 0)
        for z in 0..<2 { for y in 0..<size.y { for x in 0..<size.x { cut[x, y, z] = phantom.image[x, y, size.z / 2 + z] } } }
        _ = try DICOMSeriesWriter(modality: .magneticResonance).write(cut, toFolder: input + "/exam")
        let refused = try predict()
        #expect(refused.status == 65)
        #expect(refused.errors.contains("the series is MR, and the model takes CT: its channel is called \"CT\""))
        #expect(refused.errors.contains("--modalities MR"))
        let allowed = try predict("--modalities", "mr")
        #expect(allowed.status == 0, "\(allowed.errors)")
        #expect(try predict("--modalities", "PET").status == 64)
    }

    @Test func `names the missing fold`() throws {
        try addCase("a_0000.nii.gz")
        let outcome = try Command.run(["predict_from_modelfolder", "-i", input, "-o", output, "-m", Self.model])
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("fold_1/checkpoint_final.pth"))
    }

    @Test func `says that there is nothing to predict`() throws {
        let outcome = try predict()
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("neither files named <case>_0000.nii.gz nor a DICOM series"))
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    @Test func `ends with 73 where nothing can be written`() throws {
        try addCase("a_0000.nii.gz")
        try Data().write(to: URL(filePath: output))
        let outcome = try predict()
        #expect(outcome.status == 73)
        #expect(outcome.errors.contains(output))
    }
}
