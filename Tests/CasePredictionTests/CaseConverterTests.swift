import CasePrediction
import Compression
import Files
import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

struct `Converting a NIfTI case` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func image(_ name: String) throws -> String {
        let path = folder.file(name)
        let geometry = ImageGeometry(size: SIMD3(8, 8, 8), spacing: SIMD3(1, 1, 1), origin: SIMD3(0, 0, 0))
        try writeVolume(Volume<Float>(geometry: geometry, repeating: 1), to: path)
        return path
    }

    /// Appends a gzip member of zeros, which belongs to the content.
    private func append(_ count: Int, to path: String) throws {
        let member = folder.file("zeros.gz")
        let file = try AtomicFile(path: member)
        let writer = try GzipWriter(file: file, level: 9)
        for _ in 0..<count >> 20 { try writer.write([UInt8](repeating: 0, count: 1 << 20)) }
        try writer.finish()
        try file.commit()
        let content = try Data(contentsOf: URL(filePath: path)) + Data(contentsOf: URL(filePath: member))
        try content.write(to: URL(filePath: path))
    }

    @Test func `refuses a small file whose content goes on beyond what its header declares`() throws {
        let path = try image("bomb.nii.gz")
        try append(64 << 20, to: path)
        #expect(try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) < 1 << 20)
        let error = #expect(throws: Problem.self) {
            try CaseConverter.convert(imagePaths: [path], caseName: "bomb", to: folder.path)
        }
        #expect(error?.finding.contains("holds more than") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["bomb.nii.gz", "zeros.gz"])
    }

    @Test func `keeps the little that may follow the voxels`() throws {
        let path = try image("case.nii.gz")
        try append(1 << 20, to: path)
        let converted = try CaseConverter.convert(imagePaths: [path], caseName: "out", to: folder.path)
        #expect(try readImage(paths: converted.files.channelPaths).image.geometry.size == SIMD3(8, 8, 8))
    }

    @Test func `stops when it is asked to, and leaves nothing`() throws {
        let path = try image("case.nii.gz")
        #expect(throws: Problem.cancelled) {
            try CaseConverter.convert(imagePaths: [path], caseName: "out", to: folder.path, isCancelled: { true })
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["case.nii.gz"])
    }
}
