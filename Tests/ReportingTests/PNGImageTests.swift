import Files
import Foundation
import Imaging
import Reporting
import TestSupport
import Testing

@Suite struct PNGImageTests {
    private static func picture() throws -> PNGImage {
        var scene = Scene(ImageGeometry(size: SIMD3(20, 20, 8)), background: 10)
        scene.paint(90, label: 1) { $0.x > 5 && $0.x < 15 && $0.y > 5 && $0.y < 15 }
        return try scene.png()
    }

    @Test func `a picture is read back as it was written, and nothing else is left in the folder`() throws {
        let folder = try TemporaryFolder()
        let picture = try Self.picture()
        try picture.write(to: folder.file("case_overlay.png"))
        #expect(try PNGImage(contentsOf: folder.file("case_overlay.png")) == picture)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["case_overlay.png"])
        let decoded = try picture.pixels()
        #expect(decoded.width == picture.width && decoded.height == picture.height)
    }

    @Test func `an older picture is replaced`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.png")
        try Data("old".utf8).write(to: URL(filePath: path))
        try Self.picture().write(to: path)
        #expect(try PNGImage(contentsOf: path) == Self.picture())
    }

    @Test func `a folder that is not there is named`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("missing/a.png")
        let error = try #require(throws: Problem.self) { try Self.picture().write(to: path) }
        #expect(error.description.contains(path))
        #expect(error.description.ranges(of: path).count == 1, "\(error)")
    }

    @Test func `a truncated or foreign file is refused`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.png")
        try Data(Self.picture().bytes.dropLast(2000)).write(to: URL(filePath: path))
        #expect(throws: Problem.self) { try PNGImage(contentsOf: path) }
        try Data("no picture".utf8).write(to: URL(filePath: path))
        #expect(throws: Problem.self) { try PNGImage(contentsOf: path) }
        #expect(throws: Problem.self) { try PNGImage(contentsOf: folder.file("missing.png")) }
    }
}
