import Imaging
import NIfTI
import TestSupport
import Testing

/// Two readers of one file: how the array of one lies in the other's.
struct `One file read by two readers` {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Writes a volume whose voxels tell their place, with permuted and reversed axes.
    private func write(_ direction: Matrix3) throws -> String {
        var synthesiser = DICOMSynthesiser(size: SIMD3(5, 4, 3), direction: direction)
        synthesiser.geometry.spacing = SIMD3(1, 2, 3)
        let path = folder.file("a.nii")
        try writeVolume(synthesiser.volume, to: path)
        return path
    }

    @Test(
        arguments: NIfTIReaderWriter.allCases,
        [Matrix3.identity, Matrix3(rows: SIMD3(0, 1, 0), SIMD3(0, 0, -1), SIMD3(-1, 0, 0))])
    func `lies in the other's array as the axes say`(reader: NIfTIReaderWriter, direction: Matrix3) throws {
        let path = try write(direction)
        let first = try readImage(paths: [path], as: .nibabelReorient)
        let other = try readImage(paths: [path], as: reader)
        #expect(first.source.difference(from: other.source) == nil)
        let turn = first.source.arrayAxes(from: other.source)
        let shape = first.image.geometry.arrayShape
        let otherShape = other.image.geometry.arrayShape
        var differing = 0
        for z in 0..<shape[0] {
            for y in 0..<shape[1] {
                for x in 0..<shape[2] {
                    var place = [0, 0, 0]
                    for (axis, index) in [z, y, x].enumerated() {
                        place[turn.axes[axis]] = turn.isReversed[axis] ? shape[axis] - 1 - index : index
                    }
                    let mine: Int = (z * shape[1] + y) * shape[2] + x
                    let theirs: Int = (place[0] * otherShape[1] + place[1]) * otherShape[2] + place[2]
                    if first.image.voxels[mine] != other.image.voxels[theirs] { differing += 1 }
                }
            }
        }
        #expect(differing == 0)
    }

    @Test func `is not taken for another image`() throws {
        let first = try readImage(paths: [try write(.identity)], as: .simpleITK).source
        var moved = first.geometry
        moved.origin.x += 5
        #expect(ImageSource(geometry: moved).difference(from: first) == "its corners lie up to 5.0 mm from the other's")
        var shorter = first.geometry
        shorter.size.z = 2
        #expect(ImageSource(geometry: shorter).difference(from: first) == "5 × 4 × 2 voxels instead of 5 × 4 × 3")
    }
}
