import Files
import Foundation
import NIfTI
import TestSupport
import Testing

/// Files of several volumes taken apart.
struct NIfTISeriesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A file of two volumes of 2 × 3 × 2 voxels.
    private func series(_ change: (inout TinyNIfTI) -> Void) throws -> String {
        var file = TinyNIfTI.usual
        file.dim = [4, 2, 3, 2, 2, 1, 1, 1]
        change(&file)
        return try file.write(to: folder.file("series.nii"))
    }

    private func volumes(_ path: String) throws -> [[Float]] {
        let series = try NIfTISeries(path: path)
        try series.write(to: { folder.file("v\($0).nii.gz") }, isCancelled: { false })
        return try (0..<#require(series.volumeCount)).map { volume in
            let image = try readImage(paths: [folder.file("v\(volume).nii.gz")])
            return image.image.voxels.values
        }
    }

    @Test(arguments: [false, true]) func `each volume keeps its numbers, whatever the byte order`(isBigEndian: Bool) throws {
        let path = try series {
            $0.isBigEndian = isBigEndian
            $0.setVoxels((0..<24).map { Int16($0 * 100 - 1000) }, datatype: 4)
        }
        let numbers: [Float] = (0..<24).map { Float($0 * 100 - 1000) }
        #expect(try volumes(path) == [Array(numbers[..<12]), Array(numbers[12...])])
    }

    @Test func `scaled integers become float32, and numbers that are not finite 0, as in ITK`() throws {
        let scaled = try series {
            $0.slope = 0.5
            $0.intercept = 3
        }
        let halves: [Float] = (12..<24).map { Float($0) / 2 + 3 }
        #expect(try volumes(scaled)[1] == halves)
        let doubles = try series {
            var numbers: [Double] = (0..<24).map { Double($0) }
            numbers[13] = .nan
            $0.setVoxels(numbers.map(\.bitPattern), datatype: 64)
        }
        #expect(try volumes(doubles)[1] == [12, 0, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23])
        #expect(try NIfTIHeaderSummary(path: folder.file("v0.nii.gz")).datatype == "float64")
    }

    @Test func `a file of three dimensions is one volume, of two none`() throws {
        let volume = try TinyNIfTI.usual.write(to: folder.file("volume.nii"))
        #expect(try NIfTISeries(path: volume).volumeCount == nil)
        let plane = try series { $0.dim = [2, 4, 6, 1, 1, 1, 1, 1] }
        #expect(throws: Problem.self) { _ = try NIfTISeries(path: plane) }
    }

    @Test func `a file that ends early leaves no volume that it does not hold, and a signal no half one`() throws {
        // What is read with the header is less than a volume.
        let whole = try series {
            $0.dim = [4, 64, 64, 48, 2, 1, 1, 1]
            $0.setVoxels([Int16](repeating: 7, count: 64 * 64 * 96), datatype: 4)
        }
        let series = try NIfTISeries(path: whole)
        try Data(contentsOf: URL(filePath: whole)).dropLast(1000).write(to: URL(filePath: whole))
        #expect(throws: Problem.self) { try series.write(to: { folder.file("v\($0).nii.gz") }, isCancelled: { false }) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["series.nii", "v0.nii.gz"])
        let other = try self.series { $0.setVoxels((0..<24).map { Int16($0) }, datatype: 4) }
        try FileManager.default.removeItem(atPath: folder.file("v0.nii.gz"))
        #expect(throws: Problem.cancelled) {
            try NIfTISeries(path: other).write(to: { folder.file("v\($0).nii.gz") }, isCancelled: { true })
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["series.nii"])
    }
}
