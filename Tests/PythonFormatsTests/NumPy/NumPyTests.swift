import Compression
import Files
import Foundation
import NIfTI
import PythonFormats
import TestSupport
import Testing

/// Arrays as NumPy 2 stores them.
struct NumPyTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A `.npy` file of one type.
    private func npy(_ type: String, order: Bool = false, shape: String, _ numbers: Data, version: UInt8 = 1) -> Data {
        let text = "{'descr': '\(type)', 'fortran_order': \(order ? "True" : "False"), 'shape': \(shape), }\n"
        let length = [UInt8(text.utf8.count & 0xff), UInt8(text.utf8.count >> 8)] + (version > 1 ? [0, 0] : [])
        return Data([0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(text.utf8)) + numbers
    }

    private func read(_ data: Data) throws -> (shape: [Int], values: [Float]) {
        let path = folder.file("a.npy")
        try data.write(to: URL(filePath: path))
        let array = try readNPY(path: path)
        return (array.shape, (0..<array.values.count).map { array.values[$0] })
    }

    private func bytes<Number>(_ numbers: [Number]) -> Data { numbers.withUnsafeBytes { Data($0) } }

    @Test func `every type becomes float32`() throws {
        #expect(try read(npy("<f4", shape: "(3,)", bytes([1.5, -2, 3] as [Float]))).values == [1.5, -2, 3])
        #expect(try read(npy("<f2", shape: "(3,)", bytes([1.5, -2, 3] as [Float16]))).values == [1.5, -2, 3])
        #expect(try read(npy("<f8", shape: "(2,)", bytes([0.1, -2] as [Double]))).values == [0.1, -2])
        #expect(try read(npy("|i1", shape: "(2,)", bytes([-128, 127] as [Int8]))).values == [-128, 127])
        #expect(try read(npy("|b1", shape: "(2,)", bytes([0, 1] as [UInt8]))).values == [0, 1])
        #expect(try read(npy("<u2", shape: "(2,)", bytes([0, 65535] as [UInt16]))).values == [0, 65535])
        #expect(try read(npy("<i8", shape: "(2,)", bytes([-3, 1 << 40] as [Int64]))).values == [-3, Float(1 << 40)])
        #expect(try read(npy(">f4", shape: "(1,)", bytes([Float(2.5).bitPattern.byteSwapped]))).values == [2.5])
        #expect(try read(npy(">i2", shape: "(1,)", bytes([Int16(-5).byteSwapped]))).values == [-5])
    }

    @Test func `Fortran order becomes C order`() throws {
        let stored = bytes((0..<24).map { Float($0) })
        let array = try read(npy("<f4", order: true, shape: "(2, 3, 4)", stored))
        #expect(array.shape == [2, 3, 4])
        #expect(array.values[..<5] == [0, 6, 12, 18, 2])
        #expect(array.values.last == 23)
    }

    @Test func `scalars, empty arrays and format 2 are read`() throws {
        #expect(try read(npy("<f4", shape: "()", bytes([7] as [Float]))).shape == [])
        #expect(try read(npy("<f4", shape: "(0, 3)", Data())).values == [])
        #expect(try read(npy("<f4", shape: "(1,)", bytes([7] as [Float]), version: 2)).values == [7])
    }

    @Test(arguments: ["(-1,)", "(4611686018427387904, 4)", "(1000000, 1000000, 1000000)", "(300, 300)", "(2,)", "(9x,)", "3"])
    func `an impossible shape, or one that does not fit the file, is refused`(_ shape: String) throws {
        let data = npy("<f4", shape: shape, bytes([1, 2, 3] as [Float]))
        #expect(throws: Problem.self) { _ = try read(data) }
    }

    @Test(arguments: ["|O", "<c8", "<U4", "<f16", "|V3"])
    func `types that are no real numbers are refused`(_ type: String) throws {
        let data = npy(type, shape: "(1,)", Data(count: 16))
        #expect(throws: Problem.self) { _ = try read(data) }
    }

    @Test func `a file that ends early or is none is refused`() throws {
        let whole = npy("<f4", shape: "(3,)", bytes([1, 2, 3] as [Float]))
        for count in 0..<whole.count { #expect(throws: Problem.self) { _ = try read(whole.prefix(count)) } }
    }

    @Test func `an archive of probabilities is read back`() throws {
        let path = folder.file("a.npz")
        let values = (0..<60).map { Float($0) / 60 }
        try writeNPZ(path: path, shape: [3, 4, 5, 1], values: values.span)
        let array = try readNPZ(path: path)
        #expect(array.shape == [3, 4, 5, 1])
        #expect((0..<60).map { array.values[$0] } == values)
        #expect(throws: Problem.self) { _ = try readNPZ(path: path, key: "softmax") }
        #expect(try ZipReader(path: path).entries.map(\.name) == ["probabilities.npy"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.npz"])
    }

    @Test func `an archive that NumPy wrote is read, with its ZIP64 fields and in Fortran order`() throws {
        // np.savez_compressed(file, probabilities=np.asfortranarray(np.arange(12, dtype=np.float32).reshape(2, 1, 2, 3)))
        let base64 =
            "UEsDBC0AAAAIAAAAIQD19EJv//////////8RABQAcHJvYmFiaWxpdGllcy5ucHkBABAAsAAAAAAAAABtAAAAAAAAAJvsF+obEMnIUMZQrZ6SWp"
            + "xcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEg8pKk0FChdnJBakArkaRjoKhjoKQNJYU0ehVoEcwMUABgccGBgcgFjAkYGhwZ6B4QGQ3QDECkA+"
            + "A5BmANILgLSBIwBQSwECLQMtAAAACAAAACEA9fRCb20AAACwAAAAEQAAAAAAAAAAAAAAgAEAAAAAcHJvYmFiaWxpdGllcy5ucHlQSwUGAAAAAA"
            + "EAAQA/AAAAsAAAAAAA"
        let path = folder.file("a.npz")
        try #require(Data(base64Encoded: base64)).write(to: URL(filePath: path))
        let array = try readNPZ(path: path)
        #expect(array.shape == [2, 1, 2, 3])
        #expect((0..<12).map { array.values[$0] } == (0..<12).map { Float($0) })
    }

    @Test func `the header inside the archive is padded as NumPy pads it`() throws {
        let path = folder.file("a.npz")
        try writeNPZ(path: path, shape: [5], values: ([1, 2, 3, 4, 5] as [Float]).span)
        let archive = try ZipReader(path: path)
        let bytes = try archive.read(try #require(archive.entry(named: "probabilities.npy")), limit: 1000)
        #expect(bytes.count == 128 + 20)
        let text = String(decoding: bytes[10..<128], as: UTF8.self)
        #expect(text.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (5,), } "))
        #expect(text.hasSuffix(" \n"))
    }

    @Test(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
    func `nnU-Net's probabilities and arrays are read`() throws {
        let folder = "expected/hippocampus/3d_fullres_folds012/"
        let probabilities = try readNPZ(path: SharedReference.path(folder + "hippocampus_098.npz"))
        let labels = try readLabels(path: SharedReference.path(folder + "hippocampus_098.nii.gz"))
        let count = labels.labels.geometry.voxelCount
        #expect(probabilities.shape == [3] + labels.labels.geometry.arrayShape)
        var largestError: Float = 0
        for voxel in 0..<count {
            let sum = (0..<3).reduce(0 as Float) { $0 + probabilities.values[$1 * count + voxel] }
            largestError = max(largestError, abs(sum - 1))
        }
        #expect(largestError < 1e-5)
        let logits = try readNPY(path: SharedReference.path(folder + "steps_hippocampus_098/patch_logits.npy.gz"))
        #expect(logits.shape.prefix(2) == [1, 3])
        #expect(logits.values[0].isFinite)
    }
}
