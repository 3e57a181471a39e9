import Compression
import Files
import Foundation
import Imaging
import NIfTI
import PythonFormats
import TestSupport
import Testing

/// Files that are cut short, inconsistent, hostile or no NIfTI at all: each is an error that names the file, none a crash.
struct NIfTIDamageTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("case_0000.nii.gz")
    }

    private func error(of paths: [String]) -> Problem? {
        #expect(throws: Problem.self) { _ = try readImage(paths: paths) }
    }

    private func error(of data: Data) throws -> Problem? {
        try data.write(to: URL(filePath: path))
        return error(of: [path])
    }

    private func error(_ change: (inout TinyNIfTI) -> Void) throws -> Problem? {
        try error(of: ITKGeometryCase.changed(change).data)
    }

    private func gzip(_ data: Data) throws -> Data {
        let file = try AtomicFile(path: folder.file("plain.gz"))
        let writer = try GzipWriter(file: file, level: 6)
        try writer.write(Array(data))
        try writer.finish()
        try file.commit()
        return try Data(contentsOf: URL(filePath: folder.file("plain.gz")))
    }

    @Test(arguments: [0, -1, -32768, 32767])
    func `a size that is zero, negative or beyond the file is refused`(_ size: Int) throws {
        for axis in 1...3 {
            guard let problem = try error({ $0.dim[axis] = size }) as Problem?, [.damaged, .truncated, .tooLarge].contains(problem.kind)
            else {
                Issue.record("not refused as damaged: axis \(axis)")
                return
            }
            let named = problem.path
            let reason = problem.finding
            #expect(named == path)
            #expect(reason.contains(size > 0 ? "declares" : "\(size) voxels along \(["x", "y", "z"][axis - 1])"))
        }
    }

    @Test func `sizes whose product overflows are refused before anything is allocated`() throws {
        for version in [1, 2] {
            let refused = try error {
                $0.version = version
                $0.dim = [7] + [Int](repeating: version == 1 ? 32767 : 1 << 40, count: 7)
            }
            guard let problem = refused as Problem?, [.damaged, .truncated, .tooLarge].contains(problem.kind) else {
                Issue.record("not refused as damaged")
                return
            }
            let reason = problem.finding
            #expect(reason.contains("impossible"))
        }
    }

    @Test(arguments: [0, -3, 8, 300])
    func `an impossible number of dimensions is refused`(_ count: Int) throws {
        let refused = try error { $0.dim[0] = count }
        guard let problem = refused as Problem?, [.damaged, .truncated, .tooLarge].contains(problem.kind) else {
            Issue.record("not refused as damaged")
            return
        }
    }

    @Test(arguments: [-1.0, 1e6, 2e9, .nan, .infinity])
    func `an impossible place of the voxels is refused`(_ offset: Double) throws {
        guard let problem = try error({ $0.voxelOffset = offset }) as Problem?, [.damaged, .truncated, .tooLarge].contains(problem.kind)
        else {
            Issue.record("not refused as damaged")
            return
        }
    }

    @Test(arguments: [(0, "unknown"), (128, "RGB"), (2304, "RGBA"), (32, "complex64"), (1536, "float128"), (9999, "unknown")])
    func `voxels that are no real numbers are refused by name`(code: Int, name: String) throws {
        guard let problem = try error({ $0.datatype = code }) as Problem?, problem.kind == .unsupported else {
            Issue.record("not refused as unsupported")
            return
        }
        let reason = problem.finding
        #expect(reason.contains(name))
    }

    @Test(arguments: [1004, 1005, 1006, 1007])
    func `vector images are refused`(_ intent: Int) throws {
        let refused = try error {
            $0.intent = intent
            $0.dim = [5, 2, 3, 1, 1, 4, 1, 1]
        }
        guard let problem = refused as Problem?, problem.kind == .unsupported else {
            Issue.record("not refused as unsupported")
            return
        }
        let reason = problem.finding
        #expect(reason.contains("intent \(intent)"))
    }

    @Test func `a fifth dimension is refused`() throws {
        guard let problem = try error({ $0.dim = [5, 2, 3, 2, 1, 2, 1, 1] }) as Problem?, problem.kind == .unsupported else {
            Issue.record("not refused as unsupported")
            return
        }
    }

    @Test func `an orientation that is not finite is refused`() throws {
        for index in [0, 3, 11] { _ = try error { $0.rows[index] = .nan } }
        _ = try error { $0.rows = [Double](repeating: 0, count: 12) }
    }

    @Test(arguments: [1e-30, 1e30])
    func `voxel sizes and origins that nobody scans are refused`(_ length: Double) throws {
        _ = try error { $0.pixdim[2] = length }
        if length > 1 { _ = try error { $0.rows[7] = length } }
    }

    @Test func `a file that ends at any byte is refused`() throws {
        let whole = TinyNIfTI.usual.data
        let compressed = try gzip(whole)
        for count in stride(from: 0, to: whole.count, by: 25) { _ = try error(of: whole.prefix(count)) }
        for count in 0..<compressed.count { _ = try error(of: compressed.prefix(count)) }
        try compressed.write(to: URL(filePath: path))
        #expect(try readImage(paths: [path]).image.voxels[23] == 23)
    }

    @Test func `a truncated file says how many bytes of voxels it should have and has`() throws {
        var file = TinyNIfTI.usual
        // Beyond one chunk, and noise, so that half of the compressed file is about half of the voxels.
        file.dim = [3, 120, 120, 100, 1, 1, 1, 1]
        var generator = SystemRandomNumberGenerator()
        file.setVoxels((0..<120 * 120 * 100).map { _ in UInt8.random(in: 0...255, using: &generator) }, datatype: 2)
        let compressed = try gzip(file.data)
        guard let problem = try error(of: compressed.prefix(compressed.count / 2)) as Problem?,
            [.damaged, .truncated, .tooLarge].contains(problem.kind)
        else {
            Issue.record("not refused as damaged")
            return
        }
        let named = problem.path
        let reason = problem.finding
        #expect(named == path)
        #expect(reason.hasPrefix("is damaged: it ends too early: its header declares 120 × 120 × 100 voxels, 1440000 bytes, and only "))
        let found = try #require(Int(reason.split(separator: " ").dropLast(2).last ?? ""))
        #expect(found > 600_000 && found < 840_000)
    }

    @Test func `a changed byte in compressed data is told in plain words`() throws {
        var compressed = try gzip(TinyNIfTI.usual.data)
        compressed[compressed.count - 8] ^= 1
        guard let problem = try error(of: compressed) as Problem?, [.damaged, .truncated, .tooLarge].contains(problem.kind) else {
            Issue.record("not refused as damaged")
            return
        }
        let reason = problem.finding
        #expect(reason.contains("some of its bytes have changed"))
    }

    @Test func `every error says what to do`() {
        let errors: [Problem] = [
            .unreadable(path: "p", reason: "r"), .notAnImage(path: "p", expected: "a NIfTI file", found: "text"),
            .damaged(path: "p", reason: "r"), .unwritable(path: "p", reason: "r"), .verificationFailed(path: "p", reason: "r"),
            .channelsDiffer(first: "o", other: "p", reason: "r"),
        ]
        for error in errors {
            #expect(error.description.hasPrefix("p: "))
            #expect(error.description.split(separator: "; ").count >= 2)
        }
    }

    @Test func `a flipped bit in compressed data never changes a voxel`() throws {
        let compressed = try gzip(TinyNIfTI.usual.data)
        var (refused, wrong) = (0, 0)
        for index in 10..<compressed.count {
            var damaged = compressed
            damaged[index] ^= 0x10
            try damaged.write(to: URL(filePath: path))
            do {
                let read = try readImage(paths: [path])
                if (0..<24).contains(where: { read.image.voxels[$0] != Float($0) }) { wrong += 1 }
            } catch {
                refused += 1
            }
        }
        #expect(wrong == 0)
        // The padding of the last byte of deflate data means nothing.
        #expect(refused >= compressed.count - 11)
    }

    @Test func `bytes after the voxels or after the gzip data are a warning`() throws {
        try gzip(TinyNIfTI.usual.data + Data(count: 100)).write(to: URL(filePath: path))
        #expect(try readImage(paths: [path]).warnings.contains { $0.contains("100 bytes after the last voxel") })
        try (gzip(TinyNIfTI.usual.data) + Data("garbage".utf8)).write(to: URL(filePath: path))
        #expect(try readImage(paths: [path]).warnings.contains { $0.contains("after the end of the gzip data") })
        try (gzip(TinyNIfTI.usual.data) + Data(count: 512)).write(to: URL(filePath: path))
        #expect(try readImage(paths: [path]).warnings.isEmpty)
    }

    @Test func `two gzip members in a row are one file`() throws {
        let whole = TinyNIfTI.usual.data
        try (gzip(whole.prefix(360)) + gzip(whole.dropFirst(360))).write(to: URL(filePath: path))
        #expect(try readImage(paths: [path]).image.voxels[23] == 23)
    }

    @Test func `a gzip bomb is stopped soon after what its header declares`() throws {
        let bomb = try gzip(TinyNIfTI.usual.data + Data(count: 64 << 20))
        guard let problem = try error(of: bomb) as Problem?, [.damaged, .truncated, .tooLarge].contains(problem.kind) else {
            Issue.record("not refused as damaged")
            return
        }
        let reason = problem.finding
        #expect(reason.contains("more than"))
    }

    @Test func `a size beyond what the compressed file can hold is refused before anything is allocated`() throws {
        var file = TinyNIfTI.usual
        file.dim = [3, 30000, 30000, 4, 1, 1, 1, 1]
        guard let problem = try error(of: gzip(file.data)) as Problem?, [.damaged, .truncated, .tooLarge].contains(problem.kind) else {
            Issue.record("not refused as damaged")
            return
        }
        let reason = problem.finding
        #expect(reason.contains("at most"))
    }

    @Test(arguments: [
        ("DICM", "DICOM"), ("\u{89}PNG", "other content"), ("PK\u{3}\u{4}", "zip"), ("%PDF", "PDF"), ("hello", "5 bytes"), ("", "empty"),
    ])
    func `another kind of file is named`(content: String, name: String) throws {
        var data = Data(content.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        if content == "DICM" { data = Data(count: 128) + data }
        if content.count == 4 { data += Data(count: 600 - data.count) }
        if data.first == 0x89 { data[3] = 0x58 }
        guard let problem = try error(of: data) as Problem?, problem.kind == .foreign else {
            Issue.record("not refused as another kind of file")
            return
        }
        let named = problem.path
        let found = problem.found
        #expect(named == path)
        #expect(found?.contains(name) == true)
    }

    @Test func `text under an image's name is called text`() throws {
        let table = Data(String(repeating: "case;label;volume\r\n", count: 30).utf8)
        guard let problem = try error(of: table) as Problem?, problem.kind == .foreign else {
            Issue.record("not refused as another kind of file")
            return
        }
        let expected = problem.what
        let found = problem.found
        #expect(expected == "is not a NIfTI file")
        #expect(found == "text")
    }

    @Test func `a header without its magic is refused`() throws {
        for magic in [[0, 0, 0, 0], Array("nxx\0".utf8), Array("n+2\0".utf8)] {
            guard let problem = try error({ $0.magic = magic }) as Problem?, problem.kind == .foreign else {
                Issue.record("not refused: \(magic)")
                return
            }
        }
    }

    @Test func `folders, pipes, devices and missing files are unreadable`() throws {
        let pipe = folder.file("pipe.nii")
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [folder.path, pipe, "/dev/zero", folder.file("missing.nii")] {
            guard let problem = error(of: [path]) as Problem?, problem.kind == .unreadable else {
                Issue.record("not refused as unreadable: \(path)")
                continue
            }
            let named = problem.path
            #expect(named == path)
        }
    }

    @Test func `a symbolic link to a file is followed`() throws {
        let target = try TinyNIfTI.usual.write(to: folder.file("target.nii"))
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        #expect(try readImage(paths: [path]).image.voxels[23] == 23)
    }

    @Test func `channels of another size or spacing are refused with both names`() throws {
        let first = try TinyNIfTI.usual.write(to: folder.file("a_0000.nii"))
        let size = try ITKGeometryCase.changed { $0.dim = [3, 3, 2, 4, 1, 1, 1, 1] }.write(to: folder.file("a_0001.nii"))
        let spacing = try ITKGeometryCase.changed { $0.pixdim[3] = 3.001 }.write(to: folder.file("a_0002.nii"))
        for other in [size, spacing] {
            guard let problem = error(of: [first, other]) as Problem?, problem.kind == .mismatch else {
                Issue.record("not refused: \(other)")
                continue
            }
            #expect(problem.finding.contains(first))
            #expect(problem.path == other)
        }
        let near = try ITKGeometryCase.changed { $0.pixdim[3] = 3.00001 }.write(to: folder.file("a_0003.nii"))
        #expect(try readImage(paths: [first, near]).image.channelCount == 2)
    }

    @Test func `channels of another origin or direction are warnings, the first one's grid holds`() throws {
        let first = try TinyNIfTI.usual.write(to: folder.file("a_0000.nii"))
        let other = try ITKGeometryCase.changed {
            $0.rows[3] = 11
            $0.rows[0] = 0.7
        }.write(to: folder.file("a_0001.nii"))
        let itk = try readImage(paths: [first, other])
        #expect(itk.warnings.count == 2)
        #expect(itk.image.geometry.origin.x == -10)
        #expect(itk.image.voxels[24 + 23] == 23)
        let nibabel = try readImage(paths: [first, other], as: .nibabel)
        #expect(nibabel.warnings.contains { $0.contains("affine") && $0.contains(first) && $0.contains(other) })
    }

    @Test func `an image that is no label map is refused as one`() throws {
        var file = TinyNIfTI.usual
        for value in [0.5, -1, 65536, .nan] as [Float] {
            file.setVoxels([1, value, 2].map { Float($0).bitPattern }, datatype: 16)
            let path = try file.write(to: folder.file("a.nii"))
            #expect(throws: Problem.self) { _ = try readLabels(path: path) }
        }
    }
}
