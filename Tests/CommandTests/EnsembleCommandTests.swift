import Foundation
import Imaging
import NIfTI
import PythonFormats
import TestSupport
import Testing

/// `ensemble` on predictions of the bundled model, one folder of which is changed.
struct `The ensemble command` {
    private let folder: TemporaryFolder
    private var first: String { folder.file("first") }
    private var second: String { folder.file("second") }
    private var output: String { folder.file("out") }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: true)
        for name in ["a", "b"] {
            try writeVolume(phantomSlices(1, seed: name == "a" ? 5 : 6), to: folder.file("in/\(name)_0000.nii.gz"))
        }
        try predict(PhantomModel.slices, to: first)
    }

    private func predict(_ model: String, to output: String) throws {
        let outcome = try Command.run([
            "predict_from_modelfolder", "-i", folder.file("in"), "-o", output, "-m", model, "-f", "0", "--disable_tta",
            "--save_probabilities",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private func copyFirst() throws { try FileManager.default.copyItem(atPath: first, toPath: second) }

    private func ensemble(_ options: String...) throws -> Command.Outcome {
        try Command.run(["ensemble", "-i", first, second, "-o", output] + options)
    }

    private func mask(_ path: String) throws -> [UInt16] {
        let labels = try readLabels(path: path)
        return labels.labels.voxels.values
    }

    private func masks() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: output).filter { $0.hasSuffix(".nii.gz") || $0.hasPrefix(".") })
    }

    @Test func `puts labels that are numbered differently into the first folder's order, and says so`() throws {
        try copyFirst()
        try PhantomModel.change(second, replacing: ["\"liver\": 1": "\"kidney\": 1", "\"kidney\": 2": "\"liver\": 2"])
        for name in ["a", "b"] {
            let array = try readNPZ(path: second + "/\(name).npz")
            let (shape, voxels) = (array.shape, array.values.count / 4)
            var values: [Float] = []
            for channel in [0, 2, 1, 3] { values += (0..<voxels).map { array.values[channel * voxels + $0] } }
            try writeNPZ(path: second + "/\(name).npz", shape: shape, values: values.span)
        }
        let outcome = try ensemble()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.errors.contains(
                "warning: \(second) numbers its labels otherwise (0 background, 1 kidney, 2 liver, 3 spine) than \(first)"))
        for name in ["a", "b"] { #expect(try mask(output + "/\(name).nii.gz") == mask(first + "/\(name).nii.gz")) }
    }

    @Test func `turns the axes of another reader's arrays into the first folder's`() throws {
        let model = folder.file("model")
        try PhantomModel.copy(to: model, replacing: ["\"SimpleITKIO\"": "\"NibabelIOWithReorient\""])
        try predict(model, to: second)
        let outcome = try ensemble()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let (found, expected) = (try mask(output + "/a.nii.gz"), try mask(first + "/a.nii.gz"))
        let same = zip(found, expected).filter { $0 == $1 }.count
        // The network sees the image turned, so some voxels at borders differ; unturned arrays would agree in 85 %.
        #expect(Double(same) / Double(expected.count) > 0.98)
    }

    @Test func `refuses a folder whose plans name another reader than its predictions are from`() throws {
        try copyFirst()
        try PhantomModel.change(second, replacing: ["\"SimpleITKIO\"": "\"NibabelIOWithReorient\""])
        let outcome = try ensemble()
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("\(second)/a.pkl: it was written by SimpleITKIO, the plans name NibabelIOWithReorient"))
        #expect(try masks().isEmpty)
    }

    static let changes: [(String, [String: String], [String])] = [
        ("labels", ["\"kidney\"": "\"kidneys\""], ["labels", "2 kidneys", "2 kidney,"]),
        ("channels", ["\"0\": \"CT\"": "\"0\": \"T1\""], ["channels", "0 T1", "0 CT"]),
        ("number of channels", ["\"0\": \"CT\"": "\"0\": \"CT\", \"1\": \"T1\""], ["channels", "1 T1"]),
        ("file ending", ["\".nii.gz\"": "\".nii\""], ["file endings"]),
    ]

    @Test(arguments: changes) func `refuses folders that mean different things, and names both`(
        what: String, changes: [String: String], words: [String]
    ) throws {
        try copyFirst()
        try PhantomModel.change(second, replacing: changes)
        let outcome = try ensemble()
        #expect(outcome.status == 78)
        for word in words + [first, second] { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    @Test func `refuses predictions of another image`() throws {
        try copyFirst()
        for ending in [".npz", ".pkl"] {
            try FileManager.default.removeItem(atPath: second + "/a" + ending)
        }
        var moved = phantomSlices(1)
        moved = Volume(
            geometry: ImageGeometry(size: moved.geometry.size, spacing: moved.geometry.spacing, origin: SIMD3(0, 40, 0)), repeating: 0)
        try FileManager.default.removeItem(atPath: folder.file("in/a_0000.nii.gz"))
        try writeVolume(moved, to: folder.file("in/a_0000.nii.gz"))
        try predict(PhantomModel.slices, to: second)
        let outcome = try ensemble()
        #expect(outcome.status == 65)
        #expect(
            outcome.errors.contains(
                "second/a.pkl: it is not of the image of \(first)/a.pkl: its corners lie up to 40.0 mm from the other's"))
        #expect(try masks() == ["b.nii.gz"])
    }

    @Test func `averages the other cases where one is damaged or lacks a file, and fails at the end`() throws {
        for name in ["c", "d", "e", "f"] {
            for ending in [".npz", ".pkl", ".nii.gz"] {
                try FileManager.default.copyItem(atPath: first + "/a" + ending, toPath: first + "/\(name)\(ending)")
            }
        }
        try copyFirst()
        let npz = try Data(contentsOf: URL(filePath: second + "/c.npz"))
        try npz.prefix(npz.count / 2).write(to: URL(filePath: second + "/c.npz"))
        try FileManager.default.removeItem(atPath: second + "/d.pkl")
        for ending in [".npz", ".pkl", ".nii.gz"] { try FileManager.default.removeItem(atPath: second + "/e" + ending) }
        try FileManager.default.removeItem(atPath: second + "/f.npz")
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: first + "/d.nii.gz", toPath: output + "/d.nii.gz")
        let outcome = try ensemble()
        #expect(outcome.status == 65)
        for text in [
            "nnunet: c: \(second)/c.npz: is ", "nnunet: d: \(second)/d.pkl: there is no such file",
            "nnunet: e: \(second)/e.npz: there is no such file",
            "nnunet: f: \(second)/f.npz: there is no such file", "nnunet: d: \(output)/d.nii.gz is from an earlier run",
            "4 of 6 cases failed",
        ] { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
        #expect(try masks() == ["a.nii.gz", "b.nii.gz", "d.nii.gz"])
    }

    @Test func `names a case whose mask would have too long a name`() throws {
        let name = String(repeating: "n", count: 251)
        for ending in [".npz", ".pkl"] {
            try FileManager.default.copyItem(atPath: first + "/a" + ending, toPath: first + "/\(name)\(ending)")
        }
        try copyFirst()
        let outcome = try ensemble()
        #expect(outcome.status == 73)
        #expect(outcome.errors.contains("/\(name).nii.gz: the name has 258 bytes, and this file system takes 255"))
        #expect(try masks() == ["a.nii.gz", "b.nii.gz"])
    }
}
