import DICOM
import Files
import Foundation
import SystemPackage
import TestSupport

/// Cases whose every name and free text is a patient's.
struct PatientDrops {
    /// The patient's words in file and folder names.
    static let dropped = ["mustermann", "erika", "19560312"]
    /// Words that stand within files only: DICOM attributes, NIfTI's description fields, gzip's name.
    static let within = ["kreuznach", "rosenthal"]

    let inbox: String

    /// A NIfTI case in a folder of its own; its header says who it is, in every field that may.
    func nifti(in folder: String = "Mustermann_Erika 19560312") throws {
        let work = try TemporaryFolder()
        let plain = work.file("Kreuznach.nii")
        let phantom = PhantomBundle.path("cases/phantom_013_0000.nii.gz")
        try shell("gzip -dc '\(phantom)' > '\(plain)'")
        let file = try FileHandle(forUpdating: URL(filePath: plain))
        // data_type, db_name, descrip, aux_file, intent_name
        for (offset, length) in [(4, 10), (14, 18), (148, 80), (228, 24), (328, 16)] {
            try file.seek(toOffset: UInt64(offset))
            try file.write(contentsOf: Data("Kreuznach Rosenthal".utf8.prefix(length)))
        }
        try file.close()
        try shell("gzip -1N '\(plain)'")
        try move(work.file("Kreuznach.nii.gz"), to: folder + "/Erika CT.nii.gz")
    }

    /// A DICOM series, in a folder or loose.
    ///
    /// - `missing`: a slice that is left out.
    /// - `kernels`: of every other slice, by which the series is refused.
    func dicom(in folder: String?, series number: Int, missing: Int? = nil, kernels: [String] = []) throws {
        var synthesiser = DICOMSynthesiser(size: SIMD3(32, 32, 8))
        synthesiser.writer = DICOMSeriesWriter(
            seriesNumber: number, seriesDescription: "Rosenthal", seed: UInt64(number))
        let work = try TemporaryFolder()
        for (index, object) in try synthesiser.objects().enumerated() where index != missing {
            var object = object
            object.set(0x0010, 0x0010, "PN", "Kreuznach^Rosenthal")
            object.set(0x0010, 0x0020, "LO", "Kreuznach")
            object.set(0x0008, 0x1030, "LO", "Rosenthal")
            object.set(0x0018, 0x1030, "LO", "Kreuznach")
            object.set(0x0020, 0x4000, "LT", "Rosenthal")
            if !kernels.isEmpty { object.set(0x0018, 0x1210, "SH", kernels[index % kernels.count]) }
            try Data(object.encodedFile()).write(to: URL(filePath: work.file("\(index)")))
            try move(work.file("\(index)"), to: (folder.map { $0 + "/" } ?? "Mustermann \(number) ") + "\(index).dcm")
        }
    }

    /// What is refused, for one reason each: no gzip, no image, a channel the model doesn't have, two kernels.
    func refused() throws {
        try dicom(in: "Erika K", series: 6, kernels: ["Kreuznach", "Rosenthal"])
        try Data("Rosenthal".utf8).write(to: URL(filePath: inbox + "/Erika kaputt.nii.gz"))
        try Data("Rosenthal".utf8).write(to: URL(filePath: inbox + "/Befund Mustermann.txt"))
        try Data("Rosenthal".utf8).write(to: URL(filePath: inbox + "/Mustermann_0001.nii.gz"))
    }

    /// What is left alone, and a name that is no text.
    func ignored() throws {
        try FileManager.default.createSymbolicLink(atPath: inbox + "/Mustermann.dcm", withDestinationPath: "/etc/Erika")
        try FileManager.default.createDirectory(atPath: inbox + "/Erika", withIntermediateDirectories: true)
        mkfifo(inbox + "/Erika/Mustermann", 0o600)
        let name = FilePath(bytes: Array((inbox + "/Erika M").utf8) + [0xFC] + Array("ller.nii.gz".utf8))
        let descriptor = name.withPlatformString { open($0, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600) }
        guard write(descriptor, "Rosenthal", 9) == 9, close(descriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    private func move(_ source: String, to name: String) throws {
        let target = URL(filePath: inbox + "/" + name)
        try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.moveItem(at: URL(filePath: source), to: target)
    }
}

/// Runs a command line and waits for its success.
func shell(_ line: String) throws {
    let process = try Process.run(URL(filePath: "/bin/sh"), arguments: ["-c", line])
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
}
