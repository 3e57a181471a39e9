import Compression
import Files
import ImageFiles
import Imaging
import NIfTI
import PythonFormats
import TestSupport
import Testing

/// One file, or the channels of a case, and what nnU-Net's class makes of it (`Tests/Support/Fixtures/images/make_images.py`).
struct UpstreamCase: CustomTestStringConvertible {
    let name: String
    let reader: ReaderWriter
    let files: [String]
    private let json: OrderedJSON

    var testDescription: String { "\(name) as \(reader.rawValue)" }
    var isRefused: Bool { json["refused"] != nil }
    var shape: [Int] { json["shape"]?.elements?.compactMap(\.integer) ?? [] }
    var sha256: String? { json["sha256"]?.string }
    var spacing: [Double] { json["spacing"]?.elements?.compactMap(\.double) ?? [] }

    /// ITK's spacing, origin or direction, x first.
    func placement(_ key: String) -> [Double]? { json["sitk"]?[key]?.elements?.compactMap(\.double) }

    private init(_ json: OrderedJSON) throws {
        self.json = json
        name = try #require(json["name"]?.string)
        reader = try #require(ReaderWriter(rawValue: json["reader"]?.string ?? ""))
        files = json["files"]?.elements?.compactMap(\.string) ?? []
    }

    /// Where the images are unpacked; nil where they can't be.
    private static let folder: TemporaryFolder? = {
        guard let folder = try? TemporaryFolder(), let archive = try? ZipReader(path: Fixtures.path("images/images.zip")) else {
            return nil
        }
        for entry in archive.entries { try? archive.extract(entry, to: folder.file(entry.name), limit: 1 << 20) }
        return folder
    }()

    /// What is known of the images.
    static let all: [UpstreamCase] = {
        let manifest = try? OrderedJSON(contentsOf: path("manifest.json"))
        return manifest?["cases"]?.elements?.compactMap { try? UpstreamCase($0) } ?? []
    }()

    /// The path of one of the images.
    static func path(_ name: String) -> String { folder?.file(name) ?? name }
}

/// Every format, pixel type and header kind, read by our classes and by nnU-Net's.
struct `What nnU-Net's readers make of files` {
    private func path(_ name: String) -> String { UpstreamCase.path(name) }

    @Test func `is known of every format`() {
        let names = UpstreamCase.all.map(\.name)
        #expect(names.count > 100)
        for ending in ReaderWriter.allCases.flatMap(\.fileEndings) where !ending.hasPrefix(".nii") {
            #expect(names.contains { $0.hasSuffix(ending) }, "\(ending)")
        }
    }

    @Test(arguments: UpstreamCase.all.filter { !$0.isRefused })
    func `is what ours make`(item: UpstreamCase) throws {
        let found = try readImage(paths: item.files.map(path), as: item.reader)
        #expect([found.image.channelCount] + found.image.geometry.arrayShape == item.shape)
        #expect(found.arraySpacing == item.spacing)
        #expect(SHA256.hexadecimal(SHA256.digest(of: found.image.voxels.span.bytes)) == item.sha256)
        guard let spacing = item.placement("spacing"), spacing.count < 4 else { return }
        let (geometry, count) = (found.source.geometry, spacing.count)
        #expect((0..<count).map { geometry.spacing[$0] } == spacing)
        #expect((0..<count).map { geometry.origin[$0] } == item.placement("origin"))
        #expect((0..<count * count).map { geometry.direction[$0 / count, $0 % count] } == item.placement("direction"))
    }

    @Test(arguments: UpstreamCase.all.filter(\.isRefused))
    func `is refused where theirs refuse or misread`(item: UpstreamCase) {
        let error = #expect(throws: Problem.self) { _ = try readImage(paths: item.files.map(path), as: item.reader) }
        #expect(item.files.contains { error?.path?.hasSuffix($0) == true }, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("grey.png", ReaderWriter.naturalImage2D), ("int16.nrrd", .simpleITK), ("plane_uint8.tif", .naturalImage2D),
        ("rgb.tif", .naturalImage2D),
        ("spaced_0000.tif", .tiff3D), ("narrow.tif", .naturalImage2D), ("three.tif", .naturalImage2D), ("bigtiff_0000.tiff", .tiff3D),
    ])
    func `chooses the class that nnU-Net's detection chooses`(name: String, reader: ReaderWriter) {
        let ending = name.split(separator: ".").last.map { "." + $0.uppercased() } ?? ""
        #expect(ReaderWriter.detected(fileEnding: ending, example: path(name)) == reader)
        #expect(ReaderWriter.detected(fileEnding: ".nii", example: path(name), acceptsOtherEndings: true) == reader)
    }

    @Test func `goes by the ending alone without an example`() {
        let found = [".nii.gz", ".nii", ".nrrd", ".mha", ".gipl", ".png", ".bmp", ".tif", ".tiff", ".jpg"].map {
            ReaderWriter.detected(fileEnding: $0)
        }
        let itk = ReaderWriter.simpleITK
        #expect(found == [itk, .nibabel, itk, itk, itk, .naturalImage2D, .naturalImage2D, .naturalImage2D, .tiff3D, nil])
    }

    @Test func `counts what is no number, and takes it as 0 where that is asked for`() throws {
        for ending in ["nrrd", "mha"] {
            let kept = try readImage(paths: [path("notfinite.\(ending)")], as: ReaderWriter.simpleITK)
            let zeroed = try readImage(paths: [path("notfinite.\(ending)")], as: ReaderWriter.simpleITK, zeroingNotFinite: true)
            #expect(kept.notFiniteCount == 3 && zeroed.notFiniteCount == 3)
            #expect(kept.image.voxels.values[0].isNaN && zeroed.image.voxels.values.prefix(3).allSatisfy { $0 == 0 })
            #expect(zeroed.warnings.contains { $0.contains("3 voxels are NaN or infinite and are taken as 0") })
        }
    }
}
