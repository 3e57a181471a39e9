import Foundation
import Imaging
import NIfTI
import Phantom
import TestSupport
import Testing

/// A case that can't be used, beside one that can: the first is named with what is wrong, the second predicted, neither touched.
struct `Bad input to predict` {
    /// What lies under the name of the bad case, and what is said about it.
    struct Example: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let message: String
        /// Makes the file's content from a good uncompressed NIfTI file and its compressed form.
        let content: @Sendable (_ plain: Data, _ compressed: Data) -> Data

        init(_ description: String, _ message: String, _ content: @escaping @Sendable (Data, Data) -> Data) {
            (testDescription, self.message, self.content) = (description, message, content)
        }
    }

    /// Size along x stands at byte 42 of the header, the voxels of 32 bits from byte 352 on.
    static let examples: [Example] = [
        Example("truncated gzip", "is damaged: it ends too early: its header declares 180 × 140 × 2 voxels, 201600 bytes, and only ") {
            $1.prefix($1.count / 2)
        },
        Example("truncated without compression", "is damaged: its header declares 180 × 140 × 2 voxels") { plain, _ in plain.dropLast(1) },
        Example("changed byte", "some of its bytes have changed; export or copy it again") { _, compressed in
            var changed = compressed
            changed[changed.count - 6] ^= 1
            return changed
        },
        Example("not a number", "1 voxel(s) are no finite numbers (NaN or infinity); replace them") { plain, _ in
            replacing(plain, at: 352 + 4 * 1000, by: Float.nan.bitPattern)
        },
        Example("infinite", "1 voxel(s) are no finite numbers") { plain, _ in replacing(plain, at: 352, by: Float.infinity.bitPattern) },
        Example("size 0", "is damaged: its header gives 0 voxels along x") { plain, _ in replacing(plain, at: 42, by: 0 as Int16) },
        Example("negative size", "is damaged: its header gives -5 voxels along y") { plain, _ in replacing(plain, at: 44, by: -5 as Int16)
        },
        Example("more voxels than bytes", "is damaged: its header declares 30000 × 140 × 2 voxels") { plain, _ in
            replacing(plain, at: 42, by: 30000 as Int16)
        },
        Example("more voxels than memory", "is not supported: its header declares 32767 × 32767 × 32767 voxels") { plain, _ in
            [42, 44, 46].reduce(plain) { replacing($0, at: $1, by: 32767 as Int16) }
        },
        Example("voxels of 30 m", "with its spacing of 30000 × 30000 × ") { plain, _ in
            [80, 84].reduce(plain) { replacing($0, at: $1, by: Float(30000).bitPattern) }
        },
        Example("text", "is not a NIfTI file (found text)") { _, _ in Data(String(repeating: "no image\n", count: 99).utf8) },
        Example("PNG", "is not a NIfTI file (found a PNG picture)") { _, _ in
            Data([0x89, 0x50, 0x4E, 0x47] + [UInt8](repeating: 0, count: 999))
        },
        Example("empty", "is not a NIfTI file (found an empty file)") { _, _ in Data() },
    ]

    private static let model = PhantomBundle.path("models/nnUNetTrainer__nnUNetPlansSmall__2d")
    private let folder: TemporaryFolder
    private var input: String { folder.file("in") }
    private var output: String { folder.file("out") }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: true)
    }

    private static func replacing(_ data: Data, at place: Int, by number: some FixedWidthInteger) -> Data {
        var changed = data
        withUnsafeBytes(of: number.littleEndian) { changed.replaceSubrange(place..<place + $0.count, with: $0) }
        return changed
    }

    /// Two slices of a phantom in real numbers; gives the file's content.
    @discardableResult private func writeCase(_ path: String) throws -> Data {
        let phantom = CTPhantom(seed: 5)
        let size = phantom.image.geometry.size
        var cut = Volume<Float>(
            geometry: ImageGeometry(size: SIMD3(size.x, size.y, 2), spacing: phantom.image.geometry.spacing), repeating: 0)
        for z in 0..<2 { for y in 0..<size.y { for x in 0..<size.x { cut[x, y, z] = Float(phantom.image[x, y, size.z / 2 + z]) } } }
        try writeVolume(cut, to: path)
        return try Data(contentsOf: URL(filePath: path))
    }

    private func predict(_ options: [String] = ["-f", "0"]) throws -> Command.Outcome {
        try Command.run(["predict_from_modelfolder", "-i", input, "-o", output, "-m", Self.model, "--disable_tta"] + options)
    }

    private func masks() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: output).filter { $0.hasSuffix(".nii.gz") || $0.hasPrefix(".") }
    }

    @Test(arguments: examples) func `is named, and the other case is predicted`(example: Example) throws {
        let plain = try writeCase(folder.file("plain.nii"))
        let compressed = try writeCase(input + "/good_0000.nii.gz")
        let bad = input + "/bad_0000.nii.gz"
        let content = example.content(plain, compressed)
        try content.write(to: URL(filePath: bad))
        let outcome = try predict()
        #expect(outcome.status == 65)
        let line = try #require(outcome.errors.split(separator: "\n").first { $0.contains(bad) }, "\(outcome.errors)")
        #expect(line.hasPrefix("nnunet: bad: " + bad + ": "))
        #expect(line.contains(example.message), "\(line)")
        #expect(line.contains("; "), "nothing says what to do: \(line)")
        #expect(outcome.errors.contains("1 of 2 cases failed"))
        #expect(try masks() == ["good.nii.gz"])
        #expect(try Data(contentsOf: URL(filePath: bad)) == content)
        #expect(try Data(contentsOf: URL(filePath: input + "/good_0000.nii.gz")) == compressed)
    }

    @Test func `counts voxels that are no numbers as 0 with --nan zero, and says so`() throws {
        let plain = try writeCase(folder.file("plain.nii"))
        let content = Self.replacing(plain, at: 352 + 4 * 1000, by: Float.nan.bitPattern)
        try content.write(to: URL(filePath: folder.file("in/case.nii")))
        #expect(try Command.run(["convert", "-i", input, "-o", folder.file("converted")]).status == 0)
        try FileManager.default.removeItem(atPath: folder.file("in/case.nii"))
        try FileManager.default.moveItem(atPath: folder.file("converted/case_0000.nii.gz"), toPath: input + "/case_0000.nii.gz")
        #expect(try predict().status == 65)
        let outcome = try predict(["-f", "0", "--nan", "zero"])
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("nnunet: case: warning: channel 0: 1 voxels are NaN or infinite and are taken as 0"))
        #expect(try masks() == ["case.nii.gz"])
        let wrong = try predict(["-f", "0", "--nan", "0"])
        #expect(wrong.status == 64)
        #expect(wrong.errors.contains("--nan takes refuse or zero, not '0'"))
    }

    @Test func `refuses an axis that a mask can't have and predicts the other case`() throws {
        try writeCase(input + "/good_0000.nii.gz")
        try PhantomSlices.writeNIfTI2(size: [33000, 6, 4], to: input + "/long_0000.nii.gz")
        let outcome = try predict()
        #expect(outcome.status == 65)
        #expect(
            outcome.errors.contains("long_0000.nii.gz: is not supported: NIfTI-1, the format of label maps, holds at most 32767 voxels"))
        #expect(try masks() == ["good.nii.gz"])
    }

    @Test(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
    func `names both files of channels whose grids differ`() throws {
        for channel in 0..<4 {
            try FileManager.default.copyItem(
                atPath: SharedReference.path("cases/brain_mr/brain_03_000\(channel).nii.gz"), toPath: input + "/a_000\(channel).nii.gz")
        }
        try FileManager.default.removeItem(atPath: input + "/a_0002.nii.gz")
        try writeCase(input + "/a_0002.nii.gz")
        let model = SharedReference.path("models/Dataset502_BrainMR/nnUNetTrainer__nnUNetPlansSmall__3d_fullres")
        let outcome = try Command.run(["predict_from_modelfolder", "-i", input, "-o", output, "-m", model, "-f", "all"])
        #expect(outcome.status == 65)
        #expect(
            outcome.errors.contains("\(input)/a_0002.nii.gz: differs from \(input)/a_0000.nii.gz: 180 × 140 × 2 voxels instead of 280 × "))
        #expect(try masks().isEmpty)
    }

    @Test func `a link to a file that is gone is named, and the other case is predicted`() throws {
        try writeCase(input + "/good_0000.nii.gz")
        try FileManager.default.createSymbolicLink(atPath: input + "/bad_0000.nii.gz", withDestinationPath: folder.file("gone"))
        let outcome = try predict()
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("bad_0000.nii.gz: can't be read: No such file or directory"))
        #expect(try masks() == ["good.nii.gz"])
    }

    @Test(.enabled(if: getuid() != 0, "root may read and write every file"))
    func `what this user may not read or write is named`() throws {
        try writeCase(input + "/good_0000.nii.gz")
        try writeCase(input + "/bad_0000.nii.gz")
        chmod(input + "/bad_0000.nii.gz", 0)
        let unreadable = try predict()
        #expect(unreadable.status == 65)
        #expect(unreadable.errors.contains("bad_0000.nii.gz: can't be read: Permission denied"))
        #expect(try masks() == ["good.nii.gz"])
        chmod(output, 0o555)
        defer { chmod(output, 0o755) }
        let unwritable = try predict()
        #expect(unwritable.status == 73)
        #expect(unwritable.errors.contains(output + "/"))
        #expect(unwritable.errors.contains("can't be written: Permission denied; check permissions and free space"))
        #expect(try masks() == ["good.nii.gz"])
    }

    @Test func `an output folder that fills up keeps what was whole and gets nothing partial`() throws {
        try writeCase(input + "/a_0000.nii.gz")
        #expect(try predict().status == 0)
        let before = try Data(contentsOf: URL(filePath: output + "/a.nii.gz"))
        // A file may have 12 KiB: enough for plans.json, not for the probabilities.
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", "ulimit -f 24; trap '' XFSZ; exec \"$0\" \"$@\"", Command.program, "predict_from_modelfolder", "-i", input, "-o", output,
            "-m", Self.model, "-f", "0", "--disable_tta", "--save_probabilities",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(["NNUNET_CACHE": ""]) { $1 }
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, pipe)
        try process.run()
        let errors = try String(decoding: pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 73)
        #expect(errors.contains("/out/a.npz: can't be written: ") && errors.contains("File too large; check permissions and free space"))
        #expect(try masks() == ["a.nii.gz"])
        #expect(!FileManager.default.fileExists(atPath: output + "/a.npz"))
        #expect(try Data(contentsOf: URL(filePath: output + "/a.nii.gz")) == before)
    }

    @Test(arguments: [
        (["-f", "0", "7"], "fold_7/"), (["-f", "all"], "fold_all/"), (["-f", "5", "all"], "fold_5/checkpoint_final.pth, fold_all/"),
    ])
    func `names the folds that are missing of those asked for`(options: [String], missing: String) throws {
        try writeCase(input + "/a_0000.nii.gz")
        let outcome = try predict(options)
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("expected \(missing)checkpoint_final.pth, found fold_0"))
        #expect(!FileManager.default.fileExists(atPath: output))
    }
}
