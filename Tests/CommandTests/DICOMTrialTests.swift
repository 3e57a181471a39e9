import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// The trials in which it is not plain which files make a volume, through the real program.
@Suite(.enabled(if: SharedTrials.isAvailable, "needs ../shared"))
struct `DICOM folders with something wrong` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ trial: String) throws -> Command.Outcome {
        try Command.run(["convert", "-i", SharedTrials.folder + "/dicom/" + trial, "-o", folder.file("out")])
    }

    @Test(arguments: [
        ("truncated_last", "0008.dcm, which may be one of its slices, is damaged"),
        ("empty_last", "0008.dcm, which may be one of its slices, is empty"), ("missing_middle", "1 of 8 slices is missing"),
        ("two_phases", "Acquisition Number is 1 or 2"), ("two_echoes", "Echo Time (ms) is 10 or 80"), ("mag_phase", "Image Type is"),
        ("two_kernels", "Convolution Kernel is B30f or B70f"), ("gantry_tilt", "gantry tilt"), ("uneven", "uneven"),
    ])
    func `are refused by name and give no file`(trial: String, message: String) throws {
        let outcome = try convert(trial)
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("out/case_0000.nii.gz")))
    }

    @Test(arguments: [
        ("iop_jitter", ""), ("series_uid_per_slice", "8 different Series Instance UIDs"),
        ("scout_unmarked", "is not like the 8 other slices"),
        ("localizer_inside", "is a localizer"), ("dup_new_uid", "One slice is there twice"), ("dup_all_new_uid", "8 files are copies"),
        ("study_folder", "is an encapsulated document"),
    ])
    func `give one whole volume, and say what was unusual`(trial: String, message: String) throws {
        let outcome = try convert(trial)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(message.isEmpty || outcome.errors.contains(message), "\(outcome.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("out")) == ["case_0000.nii.gz"])
        let read = try readImage(paths: [folder.file("out/case_0000.nii.gz")])
        let size = read.image.geometry.size
        #expect(size == SIMD3(24, 20, 8))
        // x = 5, y = 7, z = 6 holds 10 x + 3 y + 100 z - 900.
        let value = read.image.voxels[3053]
        #expect(value == -229)
    }
}
