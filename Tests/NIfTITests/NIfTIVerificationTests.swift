import Files
import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// A published label map is compared with its image as the reader class that wrote it sees both.
struct NIfTIVerificationTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Headers on which ITK and nibabel go apart.
    private static let headers: [(name: String, file: TinyNIfTI)] = [
        ("both transforms, sform scanner", ITKGeometryCase.both(sformCode: 1)),
        ("both transforms, sform aligned", ITKGeometryCase.both(sformCode: 2)),
        ("qform alone", ITKGeometryCase.both(sformCode: 0)),
        (
            "sform without voxel sizes",
            ITKGeometryCase.changed { ($0.sformCode, $0.rows) = (2, [-1, 0, 0, 10, 0, 1, 0, 20, 0, 0, 1, 30]) }
        ),
        ("neither", ITKGeometryCase.changed { $0.sformCode = 0 }),
        ("turned axes", ITKGeometryCase.changed { $0.rows = [0, 0, 3, 10, -0.7, 0, 0, 20, 0, 0.7, 0, 30] }),
    ]

    private func image(_ file: TinyNIfTI) throws -> String { try file.write(to: folder.file("image.nii")) }

    private func writeMask(of image: String, as reader: NIfTIReaderWriter) throws {
        let source = try readImage(paths: [image], as: reader).source
        var labels = LabelMap(geometry: source.geometry, repeating: 0)
        labels[1, 1, 1] = 2
        try writeLabels(labels, to: folder.file("mask.nii.gz"), source: source, as: reader)
    }

    @Test(arguments: NIfTIReaderWriter.allCases, headers.indices)
    func `what a reader's writer wrote for an image is in order`(reader: NIfTIReaderWriter, header: Int) throws {
        let path = try image(Self.headers[header].file)
        try writeMask(of: path, as: reader)
        #expect(throws: Never.self) {
            try verifyLabels(at: folder.file("mask.nii.gz"), onGridOf: readGrid(path: path, as: reader), as: reader)
        }
    }

    @Test(arguments: NIfTIReaderWriter.allCases)
    func `a mask of another place, size or reader is not`(reader: NIfTIReaderWriter) throws {
        try writeMask(of: try image(ITKGeometryCase.both(sformCode: 2)), as: reader)
        let changes: [(inout TinyNIfTI) -> Void] = [
            { file in (file.rows[3], file.quaternionOffset[0]) = (11, 2) }, { file in file.dim[1...3] = [3, 2, 4] },
            { file in (file.rows[10], file.pixdim[3]) = (4, 4) },
        ]
        for change in changes {
            var file = ITKGeometryCase.both(sformCode: 2)
            change(&file)
            let path = try image(file)
            let error = #expect(throws: Problem.self) {
                try verifyLabels(at: folder.file("mask.nii.gz"), onGridOf: readGrid(path: path, as: reader), as: reader)
            }
            guard let problem = error as Problem?, problem.kind == .unverified else {
                Issue.record("expected .verificationFailed, got \(String(describing: error))")
                continue
            }
        }
        // Both of nibabel's readers write the file's own axes and affine.
        let other: NIfTIReaderWriter = reader.rawValue.hasPrefix("Nibabel") ? .simpleITK : .nibabel
        let path = try image(ITKGeometryCase.both(sformCode: 2))
        #expect(throws: Problem.self) {
            try verifyLabels(at: folder.file("mask.nii.gz"), onGridOf: readGrid(path: path, as: other), as: other)
        }
    }

    @Test func `an axis that NIfTI-1 can't hold is refused from the header alone`() throws {
        var file = TinyNIfTI.usual
        (file.version, file.dim) = (2, [3, 32768, 1, 1, 1, 1, 1, 1])
        file.voxels = Data()
        let path = try image(file)
        let error = #expect(throws: Problem.self) { try NIfTIHeaderSummary(path: path).requireLabelMap() }
        #expect(error?.description.contains("at most 32767 voxels along an axis, not 32768 × 1 × 1; crop or resample") == true)
        file.dim[1] = 32767
        _ = try image(file)
        #expect(throws: Never.self) { try NIfTIHeaderSummary(path: path).requireLabelMap() }
    }
}
