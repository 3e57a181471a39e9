import DICOM
import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// Real series against what ITK and dcm2niix make of them.
@Suite(.enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct DICOMReferenceTests {
    /// A series, where it lies, and dcm2niix 1.0.20220720's affine of it: rows of the index-to-RAS matrix, y flipped, stored in float32.
    struct Reference: Sendable, CustomTestStringConvertible {
        var folder: String
        var size: SIMD3<Int>
        var affine: [[Double]]
        var testDescription: String { folder }
    }

    static let references =
        [
            Reference(
                folder: "hippocampus_a", size: SIMD3(34, 50, 40), affine: [[-1, 0, 0, 0], [0, 1, 0, -49], [0, 0, 1, 1]]),
            Reference(
                folder: "head_ct_5mm", size: SIMD3(512, 512, 28),
                affine: [[-0.451171875, 0, 0, 115.5], [0, 0.451171875, 0, -228.698822], [0, 0, 5, 696.210022]]),
        ]
        + ["11-T1post-18670", "26401-T1prereg-52906", "36468-FLAIRreg-58706", "37830-T2reg-78532"].map {
            Reference(
                folder: "brain_four_series/" + $0, size: SIMD3(280, 320, 22),
                affine: [
                    [-6.87499940e-01, 1.40675360e-10, -1.67163485e-03, 9.71781769e+01],
                    [3.31288720e-05, 6.75323725e-01, -1.21791530e+00, -1.32254791e+02],
                    [-1.73676148e-04, 1.28818020e-01, 6.38487625e+00, -5.25152893e+01],
                ])
        }

    /// dcm2niix stores its affine in float32; at 300 mm that is this much.
    static let affineTolerance = 1e-4

    private static func files(_ folder: String) throws -> [String] {
        let root = SharedReference.path("dicom/" + folder)
        return try FileManager.default.subpathsOfDirectory(atPath: root).map { root + "/" + $0 }.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }

    private static func series(_ folder: String) throws -> DICOMSeries {
        let candidates = DICOMCollection(paths: try files(folder)).series
        try #require(candidates.count == 1)
        return try candidates[0].regularSeries()
    }

    @Test(arguments: references)
    func `the grid is dcm2niix's, point for point`(reference: Reference) throws {
        let geometry = try Self.series(reference.folder).geometry
        #expect(geometry.size == reference.size)
        for corner in 0..<8 {
            let index = SIMD3((0..<3).map { corner >> $0 & 1 == 0 ? 0 : Double(reference.size[$0] - 1) })
            let flipped = SIMD3(index.x, Double(reference.size.y - 1) - index.y, index.z)
            let point = geometry.physicalPoint(of: index) * SIMD3(-1, -1, 1)
            for (row, coordinate) in zip(reference.affine, [point.x, point.y, point.z]) {
                let expected = row[0] * flipped.x + row[1] * flipped.y + row[2] * flipped.z + row[3]
                #expect(abs(coordinate - expected) < Self.affineTolerance)
            }
        }
    }

    @Test(arguments: [("hippocampus_a", "hippocampus/hippocampus_a_0000"), ("head_ct_5mm", "head_ct/head_ct_5mm_0000")])
    func `array and grid are those of ITK's series reader`(folder: String, nifti: String) throws {
        let volume = try readDICOMSeries(try Self.series(folder))
        let expected = try readImage(paths: [SharedReference.path("dicom_as_nifti/\(nifti).nii.gz")])
        let isInteger = volume.isInteger
        #expect(isInteger)
        #expect(volume.geometry.largestCornerDistance(to: expected.image.geometry) < 1e-4)
        let found = volume.values
        let differences = found.indices.filter { found[$0] != expected.image.voxels[$0] }.count
        #expect(found.count == expected.image.voxels.count)
        #expect(differences == 0)
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/dcm2niix"), "needs dcm2niix"),
        arguments: references)
    func `every voxel is dcm2niix's`(reference: Reference) throws {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/dcm2niix")
        process.arguments = ["-b", "n", "-z", "n", "-f", "converted", "-o", folder.path, SharedReference.path("dicom/" + reference.folder)]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let converted = try readImage(paths: [folder.file("converted.nii")])
        let volume = try readDICOMSeries(try Self.series(reference.folder))
        let found = volume.values
        let (width, height) = (reference.size.x, reference.size.y)
        let differences = found.indices.filter { index in
            let (x, y, z) = (index % width, index / width % height, index / (width * height))
            return found[index] != converted.image.voxels[(z * height + height - 1 - y) * width + x]
        }.count
        #expect(converted.image.voxels.count == found.count)
        #expect(differences == 0)
    }

    @Test func `the media directory beside the head CT is set apart`() throws {
        let others = DICOMCollection(paths: try Self.files("head_ct_5mm")).otherObjects
        #expect(others.count == 1)
        #expect(others.first?.reason.contains("DICOMDIR") == true)
    }

    @Test func `four series of one study are four candidates`() throws {
        let series = DICOMCollection(paths: try Self.files("brain_four_series")).series
        #expect(series.map(\.seriesNumber) == [11, 26401, 36468, 37870])
        #expect(series.allSatisfy { $0.files.count == 22 })
    }
}
