import DICOM
import Files
import Foundation
import Tensors
import TestSupport
import Testing

/// Damaged and hostile files: an error that names the file, or an image, but never a crash.
struct DICOMDamagedStreamTests {
    private static let encodings = [
        "explicit", "implicit", "big_endian", "deflated", "rle", "jpeg_lossless", "jpeg_lossless_first_order", "jpeg_extended",
        "jpeg_progressive", "jpeg_baseline", "jpegls", "jpegls_near", "jpeg2000", "jpeg2000_lossy",
    ]

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func bytes(_ encoding: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: Fixtures.path("dicom/\(encoding).dcm"))))
    }

    /// Where the pixel data begin; the deflated file's is somewhere in its stream.
    private func pixelData(_ bytes: [UInt8]) -> Int {
        bytes.lastRange(of: [0xe0, 0x7f, 0x10, 0x00])?.lowerBound ?? bytes.count / 2
    }

    /// Reads a file as far as it can be read; the errors must name it.
    private func read(_ bytes: [UInt8]) throws -> Bool {
        let path = folder.file("mutant.dcm")
        try Data(bytes).write(to: URL(filePath: path))
        let collection = DICOMCollection(paths: [path])
        guard let candidate = collection.series.first else {
            #expect((collection.otherObjects + collection.damaged).map(\.path) == [path])
            return false
        }
        do {
            let volume = try readDICOMSeries(try candidate.regularSeries())
            return volume.geometry.voxelCount > 0
        } catch {
            #expect("\(error)".contains(path))
            return false
        }
    }

    @Test(arguments: encodings)
    func `a truncated file is never read as an image`(encoding: String) throws {
        let whole = try bytes(encoding)
        #expect(try read(whole))
        // Without the last delimiter, eight bytes, a compressed image is still whole.
        for length in stride(from: 0, to: whole.count - 1, by: 29) where length != whole.count - 8 {
            #expect(try !read(Array(whole[..<length])))
        }
    }

    @Test(arguments: encodings)
    func `flipped bits give an image or an error`(encoding: String) throws {
        let whole = try bytes(encoding)
        let start = pixelData(whole)
        var generator = SplitMix64(seed: 11)
        var refused = 0
        for round in 0..<120 {
            var mutant = whole
            let range = round % 2 == 0 ? start..<whole.count : 128..<start
            for _ in 0..<[1, 4, 16][round % 3] {
                mutant[Int.random(in: range, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
            if try !read(mutant) { refused += 1 }
        }
        #expect(refused > 0)
    }

    @Test(arguments: ["jpeg_lossless", "jpeg_extended", "jpeg_baseline", "jpegls", "jpeg2000"])
    func `a stream of another size than the header says is refused`(encoding: String) throws {
        var mutant = try bytes(encoding)
        let rows = try #require(mutant.firstRange(of: [0x28, 0x00, 0x10, 0x00, 0x55, 0x53, 0x02, 0x00]))
        mutant[rows.upperBound] = 19
        let path = folder.file("small.dcm")
        try Data(mutant).write(to: URL(filePath: path))
        let series = try DICOMCollection(paths: [path]).series[0].regularSeries()
        let error = #expect(throws: Problem.self) { _ = try readDICOMSeries(series).isInteger }
        #expect(error?.description.contains("24×20 pixels, the header says 24×19") == true)
    }

    @Test func `a JPEG stream whose coded data stop early is refused, not filled up`() throws {
        var mutant = try bytes("jpeg_lossless")
        let start = try #require(mutant.firstRange(of: [0xff, 0xda])).upperBound
        mutant.replaceSubrange((start + 100)..<(start + 102), with: [0xff, 0xd9])
        #expect(try !read(mutant))
    }

    @Test func `decoders write nothing to standard error, for sound and for damaged streams`() async throws {
        let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let folder = try TemporaryFolder()
            for encoding in ["jpeg_extended", "jpeg_lossless", "jpeg2000"] {
                let sound = Fixtures.path("dicom/\(encoding).dcm")
                var bytes = [UInt8](try Data(contentsOf: URL(filePath: sound)))
                for index in (bytes.count - 400)..<(bytes.count - 100) where index % 3 == 0 { bytes[index] ^= 0x55 }
                let damaged = folder.file(encoding)
                try Data(bytes).write(to: URL(filePath: damaged))
                for path in [sound, damaged] {
                    guard let candidate = DICOMCollection(paths: [path]).series.first else { continue }
                    _ = try? readDICOMSeries(try candidate.regularSeries()).warnings
                }
            }
        }
        #expect(String(decoding: result.standardErrorContent, as: UTF8.self) == "")
    }
}
