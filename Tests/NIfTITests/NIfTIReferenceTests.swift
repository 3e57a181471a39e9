import Compression
import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// Cases that nnunetv2 2.8.1 read and wrote.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct NIfTIReferenceTests {
    @Test(arguments: [
        ("cases/hippocampus/hippocampus_098_0000.nii.gz", "expected/hippocampus/3d_fullres_folds012/hippocampus_098.nii.gz"),
        ("cases/hippocampus/hippocampus_104_0000.nii.gz", "expected/hippocampus/ensemble_3d_2d/hippocampus_104.nii.gz"),
        ("cases/head_ct/head_11_0000.nii.gz", "expected/head_ct/3d_fullres/head_11.nii.gz"),
        ("cases/head_ct/head_03_0000.nii.gz", "expected/head_ct/3d_lowres/head_03.nii.gz"),
        ("cases/brain_mr/brain_03_0000.nii.gz", "expected/brain_mr/3d_fullres/brain_03.nii.gz"),
        ("dicom_as_nifti/head_ct/head_ct_5mm_0000.nii.gz", "expected/dicom/head_ct_3d_lowres/head_ct_5mm.nii.gz"),
        ("phantom/cases/phantom_013_0000.nii.gz", "phantom/expected/ensemble_3d_2d/phantom_013.nii.gz"),
    ])
    func `a label map on its case's grid is upstream's file byte by byte`(input: String, output: String) throws {
        let folder = try TemporaryFolder()
        let source = try readImage(paths: [SharedReference.path(input)]).source
        let expected = try readLabels(path: SharedReference.path(output))
        #expect(expected.source.geometry.largestCornerDistance(to: source.geometry) < 1e-4)
        try writeLabels(expected.labels, to: folder.file("a.nii.gz"), source: source)
        try verifyLabels(at: folder.file("a.nii.gz"), equal: expected.labels, source: source)
        #expect(try content(of: folder.file("a.nii.gz")) == content(of: SharedReference.path(output)))
    }

    @Test func `four channels are stacked in order`() throws {
        let paths = (0..<4).map { SharedReference.path("cases/brain_mr/brain_03_000\($0).nii.gz") }
        let case4 = try readImage(paths: paths)
        #expect(case4.image.channelCount == 4)
        let last = try readImage(paths: [paths[3]])
        let count = last.image.geometry.voxelCount
        let differing = (0..<count).count { last.image.voxels[$0] != case4.image.voxels[3 * count + $0] }
        #expect(differing == 0)
    }

    private func content(of path: String) throws -> Data {
        let reader = try GzipReader(path: path)
        var content = Data()
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try reader.read(into: $0) }
            content.append(contentsOf: chunk[..<count])
            if count < chunk.count { return content }
        }
    }
}
