import Experiments
import Files
import ImageFiles
import Imaging
import NIfTI
import PythonFormats
import Tensors
import TestSupport
import Testing

/// A fingerprint of values that are no whole numbers, and of a case without foreground.
struct `A fingerprint` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func addCase(_ name: String, _ values: [Float], labels: [UInt16]) throws -> TrainingCase {
        let geometry = ImageGeometry(size: SIMD3(values.count, 1, 1), spacing: SIMD3(1, 2, 3))
        var image = Volume<Float>(geometry: geometry, repeating: 0)
        var map = LabelMap(geometry: geometry, repeating: 0)
        for x in values.indices {
            image[x, 0, 0] = values[x]
            map[x, 0, 0] = labels[x]
        }
        let (imagePath, labelPath) = (folder.file(name + "_0000.nii.gz"), folder.file(name + ".nii.gz"))
        try writeVolume(image, to: imagePath)
        try writeLabels(map, to: labelPath, source: ImageSource(geometry: geometry))
        return TrainingCase(name: name, imagePaths: [imagePath], labelPath: labelPath)
    }

    @Test func `has NumPy's figures, in double where a case has no foreground`() throws {
        let cases = [
            try addCase("a", [0, 3.5, 1.25, 9, 2.125, 0], labels: [0, 1, 2, 1, 1, 0]), try addCase("b", [5, 5, 0], labels: [0, 0, 0]),
        ]
        let found = try FingerprintExtractor(reader: .simpleITK, channelCount: 1).fingerprint(of: cases, team: ThreadTeam()).fingerprint
        #expect(found.shapesAfterCrop == [[1, 1, 4], [1, 1, 2]])
        #expect(found.spacings == [[3, 2, 1], [3, 2, 1]])
        #expect(abs(found.medianRelativeSizeAfterCropping - 2.0 / 3) < 1e-12)
        let figures = try #require(found.intensityProperties["0"])
        for (key, value) in [
            ("mean", 3.96793421), ("std", 3.0132106367397675), ("median", 2.125), ("percentile_00_5", 1.25), ("percentile_99_5", 9.0),
            ("min", 1.25), ("max", 9.0),
        ] {
            #expect(abs((figures[key]?.double ?? .nan) - value) < 1e-9, "\(key)")
        }
    }

    @Test func `is refused where nothing is labelled, or labels are of another image`() throws {
        let extractor = FingerprintExtractor(reader: .simpleITK, channelCount: 1)
        let empty = try addCase("a", [1, 2], labels: [0, 0]), sound = try addCase("b", [1, 2, 3], labels: [1, 0, 1])
        #expect(throws: Problem.self) { try extractor.fingerprint(of: [empty], team: ThreadTeam()).warnings }
        let mixed = TrainingCase(name: "c", imagePaths: sound.imagePaths, labelPath: empty.labelPath)
        let error = #expect(throws: Problem.self) { try extractor.fingerprint(of: [sound, mixed], team: ThreadTeam()).warnings }
        #expect(error?.path == empty.labelPath)
    }
}
