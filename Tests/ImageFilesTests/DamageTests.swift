import Files
import Foundation
import ImageFiles
import TestSupport
import Testing

/// Files that are cut short, inconsistent, hostile or of another kind: each is an error that names the file, none a crash.
struct `A damaged image` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func error(_ name: String, _ content: [UInt8], as reader: ReaderWriter = .simpleITK) throws -> Problem {
        let path = folder.file(name)
        try AtomicFile.write(content, to: path)
        let error = #expect(throws: Problem.self, "\(name)") { _ = try readImage(paths: [path], as: reader) }
        #expect(error?.path?.hasPrefix(folder.path) == true)
        return try #require(error)
    }

    private func original(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(filePath: UpstreamCase.path(name))))
    }

    private static let meta = """
        ObjectType = Image
        NDims = 3
        BinaryData = True
        CompressedData = False
        DimSize = 5 4 3
        ElementType = MET_UCHAR
        ElementDataFile = LOCAL

        """

    private static let nrrd = "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 5 4 3\nencoding: raw\n"

    /// A text header and sixty voxels.
    private func file(_ header: String, _ changes: (String, String)...) -> [UInt8] {
        Array(changes.reduce(header) { $0.replacing($1.0, with: $1.1) }.utf8) + [UInt8](repeating: 7, count: 60)
    }

    @Test func `is none where nothing is wrong`() throws {
        try AtomicFile.write(file(Self.meta), to: folder.file("a.mha"))
        try AtomicFile.write(file(Self.nrrd + "\n"), to: folder.file("a.nrrd"))
        for name in ["a.mha", "a.nrrd"] {
            let image = try readImage(paths: [folder.file(name)], as: .simpleITK)
            #expect(image.image.geometry.size == SIMD3(5, 4, 3) && image.image.voxels.values.allSatisfy { $0 == 7 })
        }
    }

    @Test(arguments: ["1099511627776 1 1", "1048576 1048576 1", "4294967296 4294967296 4294967296", "5 4 4", "65535 65535 65535"])
    func `that declares more voxels than it has is refused before memory is taken`(sizes: String) throws {
        _ = try error("a.mha", file(Self.meta, ("5 4 3", sizes)))
        _ = try error("a.nrrd", file(Self.nrrd + "\n", ("5 4 3", sizes)))
        _ = try error("b.nrrd", file(Self.nrrd + "\n", ("5 4 3", sizes), ("raw", "gzip")))
        _ = try error("b.mha", file(Self.meta, ("5 4 3", sizes), ("CompressedData = False", "CompressedData = True")))
    }

    @Test func `of GIPL that declares more than it has is refused`() throws {
        var content = try original("int16.gipl")
        content.replaceSubrange(0..<6, with: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(try error("a.gipl", content).kind != .unreadable)
    }

    @Test(arguments: [
        "uint8.nrrd", "int8.nrrd", "uint8.mha", "int8.mha", "int16.gipl", "spacings.nrrd", "grey.png", "deep.png", "palette.png",
        "grey.bmp",
        "palette.bmp", "rgb.tif", "lzw_0000.tif", "zlib_0000.tif", "tiled_0000.tif", "bigtiff_0000.tiff",
    ])
    func `that is cut anywhere is refused`(name: String) throws {
        let whole = try original(name)
        let reader = try #require(
            ReaderWriter.detected(fileEnding: "." + name.split(separator: ".")[1], example: UpstreamCase.path(name)))
        for part in [0, 1, 10, 60, whole.count / 2, whole.count * 3 / 4, whole.count - 9] where part < whole.count {
            _ = try error("cut." + name.split(separator: ".")[1], Array(whole[..<part]), as: reader)
        }
    }

    @Test(arguments: ["uint8.nrrd", "uint8.mha", "int16.gipl", "grey.png", "palette.bmp", "palette.png", "lzw_0000.tif", "tiledrgb.tif"])
    func `with any byte changed is read or refused`(name: String) throws {
        let whole = try original(name)
        let ending = "." + name.split(separator: ".")[1]
        let reader = try #require(ReaderWriter.detected(fileEnding: ending, example: UpstreamCase.path(name)))
        let path = folder.file("changed" + ending)
        for place in stride(from: 0, to: min(whole.count, 700), by: 3) {
            for value in [0xFF, whole[place] ^ 0x10] {
                var changed = whole
                changed[place] = value
                try Data(changed).write(to: URL(filePath: path))
                _ = try? readImage(paths: [path], as: reader).image.channelCount
            }
        }
    }

    @Test(arguments: ["../other.raw", "/etc/passwd", "LIST", "a%03d.raw 1 3 1", "sub/other.raw", "..", "link.raw"])
    func `does not lead to voxels elsewhere`(place: String) throws {
        try AtomicFile.write([UInt8](repeating: 1, count: 60), to: folder.file("target"))
        try FileManager.default.createSymbolicLink(atPath: folder.file("link.raw"), withDestinationPath: folder.file("target"))
        _ = try error("a.nrrd", file(Self.nrrd + "data file: \(place)\n\n"))
        _ = try error("b.nrrd", file(Self.nrrd + "datafile: \(place)\n\n"))
        let refusal = try error("a.mha", file(Self.meta, ("LOCAL", place)))
        #expect(refusal.description.contains("its voxels are in other files"))
    }

    @Test func `that overruns MetaImage's own arrays never reaches them`() throws {
        _ = try error("a.mha", file(Self.meta, ("NDims = 3", "NDims = 1000")))
        _ = try error("b.mha", file(Self.meta, ("NDims = 3", "NDims = -1")))
        _ = try error("c.mha", file(Self.meta, ("ObjectType = Image", String(repeating: "k", count: 2000) + " = 1\nObjectType = Image")))
        _ = try error(
            "d.mha", file(Self.meta, ("ObjectType = Image", "Comment = " + String(repeating: "k", count: 100_000) + "\nObjectType = Image"))
        )
        let huge = ("CompressedData = False", "CompressedData = True\nCompressedDataSize = 1099511627776")
        #expect(try error("e.mha", file(Self.meta, huge)).description.contains("CompressedDataSize"))
    }

    @Test(arguments: ["a.nrrd", "a.mha", "a.gipl"])
    func `of another kind is refused`(name: String) throws {
        _ = try error(name, Array("hello\n".utf8))
        _ = try error(name, [])
        _ = try error(name, try original("grey.png"))
        #expect(throws: Problem.self) { _ = try readImage(paths: [folder.file("none" + name)], as: .simpleITK) }
    }

    @Test func `as a picture is refused with its name`() throws {
        for name in ["a.png", "a.bmp", "a.tif"] {
            _ = try error(name, Array("hello\n".utf8), as: .naturalImage2D)
            _ = try error(name, [], as: .naturalImage2D)
        }
        #expect(try error("a.jpg", [1], as: .naturalImage2D).description.contains("reads .png, .bmp and .tif"))
    }

    @Test func `with a wrong side-car is refused`() throws {
        let whole = try original("spaced_0000.tif")
        for text in ["", "{}", "{\"spacing\": [1, 2]}", "{\"spacing\": [1, 2, 0]}", "{\"spacing\": [1, 2, \"x\"]}"] {
            try AtomicFile.write(Array(text.utf8), to: folder.file("case.json"))
            #expect(try error("case_0000.tif", whole, as: .tiff3D).path == folder.file("case.json"))
        }
    }
}
