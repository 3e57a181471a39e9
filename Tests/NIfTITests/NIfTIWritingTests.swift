import Compression
import Files
import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// Label maps and volumes as ITK and nibabel write them (specification 4.1, 4.2, traps 47 and 48).
struct NIfTIWritingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The first 352 bytes of what SimpleITK 2.5.7 and nibabel 5.4 write for the rotated file.
    private static let itkHeader =
        "5c010000" + String(repeating: "00", count: 34) + "7200" + "03000200030004000100010001000100" + String(repeating: "00", count: 14)
        + "0200080000000000803f3333333f3333333f00004040000000000000000000000000000000000000b0430000803f000000000000000a"
        + String(repeating: "00", count: 128) + "01000100cdcccc3dcdcc4c3e9a99993e0000803f0000004000004040a69b043f7b15b9be987ba53f0000803f"
        + "81c1d53e295c0f3f932149be000000409be25ebe6df65a3ecccc2c4000004040" + String(repeating: "00", count: 16) + "6e2b310000000000"
    private static let nibabelHeader =
        "5c010000" + String(repeating: "00", count: 36) + "03000200030004000100010001000100" + String(repeating: "00", count: 14)
        + "0200080000000000803f3333333f3333333f000040400000803f0000803f0000803f0000803f0000b0430000803f0000000000000000"
        + String(repeating: "00", count: 128) + "00000200cdcccc3dcdcc4c3e9a99993e0000803f0000004000004040a69b043f7a15b9be987ba53f0000803f"
        + "82c1d53e295c0f3f902149be000000409ce25ebe6df65a3ecdcc2c4000004040" + String(repeating: "00", count: 16) + "6e2b310000000000"

    private func bytes(of path: String) throws -> [UInt8] {
        let reader = try GzipReader(path: path)
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = try bytes.withUnsafeMutableBytes { try reader.read(into: $0) }
        return Array(bytes[..<count])
    }

    private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func labels(_ geometry: ImageGeometry, highest: UInt16) -> LabelMap {
        var labels = LabelMap(geometry: geometry, repeating: 0)
        for i in 0..<labels.voxels.count { labels.voxels[i] = UInt16(i % 5) }
        labels.voxels[1] = highest
        return labels
    }

    @Test(arguments: [(NIfTIReaderWriter.simpleITK, itkHeader), (.nibabel, nibabelHeader)])
    func `the header is upstream's byte by byte`(writer: NIfTIReaderWriter, header: String) throws {
        let source = try readImage(paths: [try ITKGeometryCase.both(sformCode: 0).write(to: folder.file("a.nii"))], as: writer).source
        for name in ["b.nii", "b.nii.gz"] {
            let labels = labels(source.geometry, highest: 254)
            try writeLabels(labels, to: folder.file(name), source: source, as: writer)
            let written = try bytes(of: folder.file(name))
            #expect(hexadecimal(written.prefix(352)) == header)
            #expect(written.dropFirst(352).elementsEqual((0..<24).map { $0 == 1 ? 254 : UInt8($0 % 5) }))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["a.nii", "b.nii", "b.nii.gz"])
    }

    @Test(arguments: [(254, 2, 24), (255, 512, 48), (300, 512, 48)])
    func `labels from 255 on take sixteen bits`(highest: Int, type: Int, size: Int) throws {
        let source = ImageSource(geometry: ImageGeometry(size: SIMD3(2, 3, 4)))
        let labels = labels(source.geometry, highest: UInt16(highest))
        for writer in [NIfTIReaderWriter.simpleITK, .nibabel] {
            try writeLabels(labels, to: folder.file("b.nii.gz"), source: source, as: writer)
            let written = try bytes(of: folder.file("b.nii.gz"))
            #expect(Int(written[70]) | Int(written[71]) << 8 == type)
            #expect(written.count == 352 + size)
            try verifyLabels(at: folder.file("b.nii.gz"), equal: labels, source: source, as: writer)
        }
    }

    @Test func `the reorienting ITK writer keeps eight bits, as nnU-Net does`() throws {
        let source = ImageSource(geometry: ImageGeometry(size: SIMD3(2, 3, 4)))
        try writeLabels(labels(source.geometry, highest: 300), to: folder.file("b.nii"), source: source, as: .simpleITKReorient)
        #expect(try bytes(of: folder.file("b.nii"))[353] == 44)
    }

    @Test(arguments: NIfTIReaderWriter.allCases)
    func `labels return to the file's own grid, in every orientation`(_ writer: NIfTIReaderWriter) throws {
        for (index, axes) in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].enumerated() {
            let file = ITKGeometryCase.changed {
                $0.rows = [Double](repeating: 0, count: 12)
                $0.pixdim = [1, 1, 1, 1, 1, 1, 1, 1]
                for axis in 0..<3 { $0.rows[4 * axes[axis] + axis] = index >> axis & 1 == 1 ? -1 : 1 }
                ($0.rows[3], $0.rows[7], $0.rows[11]) = (10, 20, 30)
            }
            let read = try readImage(paths: [try file.write(to: folder.file("a.nii"))], as: writer)
            var labels = LabelMap(geometry: read.source.geometry, repeating: 0)
            for i in 0..<24 { labels.voxels[i] = UInt16(read.image.voxels[i]) }
            try writeLabels(labels, to: folder.file("b.nii.gz"), source: read.source, as: writer)
            #expect(try bytes(of: folder.file("b.nii.gz")).suffix(24).elementsEqual(0..<24))
            try verifyLabels(at: folder.file("b.nii.gz"), equal: labels, source: read.source, as: writer)
            let again = try readLabels(path: folder.file("b.nii.gz"), as: writer)
            #expect(again.source.geometry.largestCornerDistance(to: read.source.geometry) < 1e-6)
        }
    }

    @Test func `a planar label map is planar in its file`() throws {
        var geometry = ImageGeometry(size: SIMD3(4, 6, 1), spacing: SIMD3(0.5, 0.7, 1), origin: SIMD3(-1, -2, 0))
        geometry.dimension = 2
        let source = ImageSource(geometry: geometry)
        let labels = labels(geometry, highest: 1)
        try writeLabels(labels, to: folder.file("b.nii.gz"), source: source)
        try verifyLabels(at: folder.file("b.nii.gz"), equal: labels, source: source)
        let written = try bytes(of: folder.file("b.nii.gz"))
        #expect(Array(written[40..<48]) == [2, 0, 4, 0, 6, 0, 1, 0])
        #expect(Array(written[88..<92]) == [0, 0, 0x80, 0x3f])
    }

    @Test func `a changed voxel, another grid and a changed header fail verification`() throws {
        let source = ImageSource(geometry: ImageGeometry(size: SIMD3(2, 3, 4), origin: SIMD3(5, 6, 7)))
        let path = folder.file("b.nii")
        try writeLabels(labels(source.geometry, highest: 3), to: path, source: source)
        #expect(throws: Problem.verificationFailed(path: path, reason: "1 of 24 voxels differ")) {
            try verifyLabels(at: path, equal: labels(source.geometry, highest: 4), source: source)
        }
        let moved = ImageSource(geometry: ImageGeometry(size: SIMD3(2, 3, 4), origin: SIMD3(5, 6, 7.5)))
        #expect(throws: Problem.self) { try verifyLabels(at: path, equal: labels(moved.geometry, highest: 3), source: moved) }
        var changed = try bytes(of: path)
        changed[123] = 2
        try Data(changed).write(to: URL(filePath: path))
        #expect(throws: Problem.self) { try verifyLabels(at: path, equal: labels(source.geometry, highest: 3), source: source) }
    }

    @Test func `labels of another size than the image are not written`() throws {
        let source = ImageSource(geometry: ImageGeometry(size: SIMD3(2, 3, 4)))
        let labels = LabelMap(geometry: ImageGeometry(size: SIMD3(4, 3, 2)), repeating: 1)
        #expect(throws: Problem.self) { try writeLabels(labels, to: folder.file("b.nii.gz"), source: source) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `a folder that is missing or read-only is an error and leaves nothing behind`() throws {
        let source = ImageSource(geometry: ImageGeometry(size: SIMD3(2, 3, 4)))
        let labels = LabelMap(geometry: source.geometry, repeating: 1)
        for path in [folder.file("missing/b.nii.gz"), "/proc/b.nii.gz"] {
            #expect(throws: Problem.self) { try writeLabels(labels, to: path, source: source) }
        }
    }

    @Test func `a full disk is an error and leaves nothing under the name`() throws {
        let volume = Volume<Float>(geometry: ImageGeometry(size: SIMD3(2, 3, 4)), repeating: 1)
        #expect(throws: Problem.self) { try writeVolume(volume, to: "/dev/full/b.nii.gz") }
        try FileManager.default.createDirectory(atPath: folder.file("taken.nii.gz"), withIntermediateDirectories: false)
        #expect(throws: Problem.self) { try writeVolume(volume, to: folder.file("taken.nii.gz")) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken.nii.gz"])
    }

    @Test func `volumes keep their voxels and their grid`() throws {
        let geometry = ImageGeometry(
            size: SIMD3(2, 3, 4), spacing: SIMD3(0.5, 0.75, 2), origin: SIMD3(-10, 20, 30),
            direction: Matrix3(rows: SIMD3(0, 1, 0), SIMD3(-1, 0, 0), SIMD3(0, 0, 1)))
        var numbers = Volume<Float>(geometry: geometry, repeating: -0.125)
        numbers[1, 2, 3] = 1e-20
        try writeVolume(numbers, to: folder.file("f.nii.gz"))
        let floats = try readImage(paths: [folder.file("f.nii.gz")])
        #expect(floats.image.geometry == geometry)
        #expect(floats.image.voxels[0] == -0.125)
        #expect(floats.image.voxels[23] == 1e-20)
        var integers = Volume<Int16>(geometry: geometry, repeating: -1024)
        integers[1, 2, 3] = 3071
        try writeVolume(integers, to: folder.file("i.nii"))
        let read = try readImage(paths: [folder.file("i.nii")])
        #expect(read.image.geometry == geometry)
        #expect([read.image.voxels[0], read.image.voxels[23]] == [-1024, 3071])
        #expect(try NIfTIHeaderSummary(path: folder.file("i.nii")).datatype == "int16")
    }
}
