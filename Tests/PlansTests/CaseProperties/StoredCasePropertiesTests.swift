import Files
import Foundation
import Plans
import TestSupport
import Testing

@Suite struct StoredCasePropertiesTests {
    static let affine: [Double] = [-1, 0, 0, 90.5, 0, -1, 0, 126, 0, 0, 2.5, -72, 0, 0, 0, 1]

    @Test(
        arguments: [
            .simpleITK(spacing: [0.5, 0.5, 3], origin: [-1, -2, 3.25], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1], originalOrientation: nil),
            .simpleITK(spacing: [1, 1, 1], origin: [0, 0, 0], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1], originalOrientation: "LPS"),
            .nibabel(original: affine, reoriented: nil), .nibabel(original: affine, reoriented: affine), .none,
        ] as [StoredCaseProperties.Grid]) func `what is written is read again`(_ grid: StoredCaseProperties.Grid) throws
    {
        let properties = StoredCaseProperties(
            spacing: [3, 0.5, 0.699999988079071], shapeBeforeCropping: [40, 512, 512], boundingBox: [0..<40, 3..<500, 17..<512],
            shapeAfterCropping: [40, 497, 495], grid: grid)
        let folder = try TemporaryFolder()
        try properties.write(to: folder.file("case.pkl"))
        #expect(try StoredCaseProperties.read(path: folder.file("case.pkl")) == properties)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["case.pkl"])
    }

    @Test func `a missing key is named`() throws {
        let file = try TemporaryFile(Py.dictionary([(.text("spacing"), .list([.real(1), .real(1), .real(1)]))]).pickled, name: "case.pkl")
        let error = try #require(throws: Problem.self) { try StoredCaseProperties.read(path: file.path) }
        #expect(error.description.contains("bbox_used_for_cropping: expected a list, found no such key"))
    }

    @Test func `a box that ends before it starts is refused`() throws {
        let box = Py.list([.list([.integer(5), .integer(4)])])
        let file = try TemporaryFile(Py.dictionary([(.text("bbox_used_for_cropping"), box)]).pickled, name: "case.pkl")
        let error = try #require(throws: Problem.self) { try StoredCaseProperties.read(path: file.path) }
        #expect(error.description.contains("pairs of first and last voxel"))
    }

    @Test(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
    func `nnU-Net's own file is read, NumPy scalars included`() throws {
        let properties = try StoredCaseProperties.read(path: SharedReference.path("expected/hippocampus/2d_folds012/hippocampus_109.pkl"))
        #expect(
            properties
                == StoredCaseProperties(
                    spacing: [1, 1, 1], shapeBeforeCropping: [36, 49, 36], boundingBox: [0..<36, 0..<49, 0..<36],
                    shapeAfterCropping: [36, 49, 36],
                    grid: .simpleITK(
                        spacing: [1, 1, 1], origin: [-1, -1, 1], direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1], originalOrientation: nil)))
    }
}
