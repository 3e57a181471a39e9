import DICOM
import Files
import Foundation
import Imaging
import TestSupport
import Testing

/// The values of a volume: stored values of every kind of sample and encoding, rescaled slice by slice.
struct DICOMVolumeTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func read(_ paths: [String]) throws -> (values: [Float], isInteger: Bool) {
        let series = DICOMCollection(paths: paths).series
        try #require(series.count == 1)
        let volume = try readDICOMSeries(try series[0].regularSeries())
        return (volume.values, volume.isInteger)
    }

    private func read(_ objects: [DICOMObject]) throws -> (values: [Float], isInteger: Bool) {
        try read(DICOMSynthesiser.write(objects, to: folder))
    }

    /// One slice with changed attributes.
    private func readSlice(_ change: (inout DICOMObject) -> Void) throws -> (values: [Float], isInteger: Bool) {
        var object = try DICOMSynthesiser().objects()[0]
        change(&object)
        return try read([object])
    }

    @Test func `every voxel lies where its slice says`() throws {
        let (values, isInteger) = try read(DICOMSynthesiser().objects())
        let expected = (0..<8).flatMap { z in (0..<4).flatMap { y in (0..<6).map { x in Float(DICOMSynthesiser.value(x, y, z)) } } }
        #expect(values == expected)
        #expect(isInteger)
    }

    @Test func `slope and intercept are those of each slice`() throws {
        var objects = try DICOMSynthesiser().objects()
        for z in objects.indices {
            objects[z].set(0x0028, 0x1053, "DS", "\(z + 2)")
            objects[z].set(0x0028, 0x1052, "DS", "-\(z * 10)")
        }
        let (values, isInteger) = try read(objects)
        #expect(isInteger)
        #expect(values[24 * 3 + 7] == Float(DICOMSynthesiser.value(1, 1, 3)) * 5 - 30)
    }

    @Test func `a broken slope gives single precision, computed in double`() throws {
        let (values, isInteger) = try readSlice {
            $0.set(0x0028, 0x1053, "DS", "0.1")
            $0.set(0x0028, 0x1052, "DS", "-1000.5")
        }
        #expect(!isInteger)
        #expect(values[13] == Float(Double(DICOMSynthesiser.value(1, 2, 0)) * 0.1 - 1000.5))
    }

    @Test func `values beyond 16 signed bits give single precision`() throws {
        let (values, isInteger) = try readSlice { $0.setPixels((0..<24).map { UInt16($0 * 2700) }, stored: 16, isSigned: false) }
        #expect(!isInteger)
        #expect(values[23] == 62100)
        let (shifted, isShiftedInteger) = try readSlice {
            $0.setPixels((0..<24).map { UInt16($0 * 2700) }, stored: 16, isSigned: false)
            $0.set(0x0028, 0x1052, "DS", "-32768")
        }
        #expect(isShiftedInteger)
        #expect(shifted[23] == 62100 - 32768)
    }

    @Test func `MR values without slope and intercept, or with a slope of 0, are values as stored`() throws {
        var synthesiser = DICOMSynthesiser()
        synthesiser.writer.modality = .magneticResonance
        var object = try synthesiser.objects()[0]
        #expect(try read([object]).values[23] == 35)
        object.set(0x0028, 0x1053, "DS", "0")
        object.set(0x0028, 0x1052, "DS", "0")
        #expect(try read([object]).values[23] == 35)
    }

    @Test func `MONOCHROME1 and padding are values as stored`() throws {
        let (values, _) = try readSlice {
            $0.set(0x0028, 0x0004, "CS", "MONOCHROME1")
            $0.set(0x0028, 0x0120, "SS", bytes: [0x30, 0xf8])
            $0.setPixels([-2000] + [Int16](repeating: 5, count: 23), stored: 16, isSigned: true)
        }
        #expect(values[0] == -2000 && values[1] == 5)
        let candidate = try #require(DICOMCollection(paths: [folder.file("slice999.dcm")]).series.first)
        #expect(try candidate.regularSeries().warnings.contains { $0.contains("MONOCHROME1") })
    }

    @Test func `eight bits, signed and unsigned`() throws {
        let bytes = (0..<24).map { UInt8($0 * 11) }
        #expect(try readSlice { $0.setPixels(bytes, stored: 8, isSigned: false) }.values == bytes.map { Float($0) })
        #expect(try readSlice { $0.setPixels(bytes, stored: 8, isSigned: true) }.values == bytes.map { Float(Int8(bitPattern: $0)) })
    }

    @Test func `an odd number of eight-bit samples`() throws {
        var object = try DICOMSynthesiser(size: SIMD3(5, 3, 1)).objects()[0]
        let bytes = (0..<16).map { UInt8($0 * 11) }
        object.setPixels(bytes, stored: 8, isSigned: false)
        #expect(try read([object]).values == bytes.dropLast().map { Float($0) })
    }

    @Test func `twelve bits in sixteen without what lies in the other bits`() throws {
        // The upper four bits hold overlays in old files.
        let words = (0..<24).map { UInt16($0 * 170) | UInt16($0 % 16) << 12 }
        #expect(try readSlice { $0.setPixels(words, stored: 12, isSigned: false) }.values == (0..<24).map { Float($0 * 170) })
        let signed = words.map { word in Float(Int16(bitPattern: word << 4) >> 4) }
        #expect(try readSlice { $0.setPixels(words, stored: 12, isSigned: true) }.values == signed)
    }

    @Test func `twelve bits at the upper end of sixteen`() throws {
        let words = (0..<24).map { UInt16($0 * 170) << 4 | 5 }
        #expect(try readSlice { $0.setPixels(words, stored: 12, isSigned: false, highBit: 15) }.values == (0..<24).map { Float($0 * 170) })
    }

    @Test func `thirty-two bits, signed and unsigned`() throws {
        let words = (0..<24).map { Int32($0 * 100_000 - 1_000_000) }
        #expect(try readSlice { $0.setPixels(words, stored: 32, isSigned: true) }.values == words.map { Float($0) })
        let large = (0..<24).map { UInt32($0) << 27 }
        #expect(try readSlice { $0.setPixels(large, stored: 32, isSigned: false) }.values == large.map { Float($0) })
    }

    @Test func `eight bits in big-endian words`() throws {
        let bytes = (0..<24).map { UInt8($0 * 11) }
        let (values, _) = try readSlice {
            $0.setPixels(bytes, stored: 8, isSigned: false)
            $0.transferSyntaxUID = "1.2.840.10008.1.2.2"
        }
        #expect(values == bytes.map { Float($0) })
    }

    @Test func `GE's private big-endian pixels`() throws {
        let words = (0..<24).map { UInt16($0 * 300) }
        let (values, _) = try readSlice {
            $0.setPixels(words.map(\.byteSwapped), stored: 16, isSigned: false)
            $0.transferSyntaxUID = "1.2.840.113619.5.2"
        }
        #expect(values == words.map { Float($0) })
    }

    @Test func `a compressed image in several fragments is one image`() throws {
        let header = [UInt8]([2, 0, 0, 0, 64, 0, 0, 0, 66, 0, 0, 0]) + [UInt8](repeating: 0, count: 52)
        // Two runs of 24 bytes: the upper bytes are 1, the lower ones 2.
        let (values, _) = try readSlice {
            $0.transferSyntaxUID = "1.2.840.10008.1.2.5"
            $0.fragments = [header, [0xe9, 1, 0xe9, 2]]
        }
        #expect(values == [Float](repeating: 258, count: 24))
    }

    @Test(arguments: [
        "implicit", "big_endian", "deflated", "rle", "jpeg_lossless", "jpeg_lossless_first_order", "jpegls", "jpeg2000",
    ])
    func `every lossless encoding gives the same volume`(encoding: String) throws {
        let plain = try read([Fixtures.path("dicom/explicit.dcm")])
        let encoded = try read([Fixtures.path("dicom/\(encoding).dcm")])
        #expect(plain.values == encoded.values)
        #expect(plain.isInteger && encoded.isInteger)
        #expect(plain.values.min() == -1000 && plain.values.max() == 384)
    }

    @Test(arguments: [
        ("jpeg_extended", Float(40)), ("jpeg_progressive", 40), ("jpeg_baseline", 40), ("jpegls_near", 2), ("jpeg2000_lossy", 200),
    ])
    func `every lossy encoding gives nearly the same volume`(encoding: String, tolerance: Float) throws {
        let plain = try read([Fixtures.path("dicom/explicit.dcm")]).values
        let encoded = try read([Fixtures.path("dicom/\(encoding).dcm")]).values
        let largest = zip(plain, encoded).map { abs($0 - $1) }.max() ?? .infinity
        #expect(largest <= tolerance)
        #expect(largest > 0)
    }

    @Test func `a file that was changed after the series was proven is noticed`() throws {
        let objects = try DICOMSynthesiser().objects()
        let paths = try DICOMSynthesiser.write(objects, to: folder)
        let series = try DICOMCollection(paths: paths).series[0].regularSeries()
        try Data(objects[3].encodedFile()).write(to: URL(filePath: paths[2]))
        let error = #expect(throws: Problem.self) { _ = try readDICOMSeries(series).isInteger }
        #expect(error?.description.contains("changed while") == true)
    }
}

extension DICOMVolume {
    /// All voxels in memory order.
    var values: [Float] {
        switch voxels {
        case .int16(let volume): (0..<volume.geometry.voxelCount).map { Float(volume.voxels[$0]) }
        case .float(let volume): (0..<volume.geometry.voxelCount).map { volume.voxels[$0] }
        }
    }
}
