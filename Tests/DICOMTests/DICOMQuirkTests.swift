import DICOM
import Files
import Foundation
import TestSupport
import Testing

/// What programs write that the standard does not allow, and other readers read: it is read here too, to the same voxels.
struct DICOMQuirkTests {
    /// What may be unusual about the fragments of a compressed image.
    enum Packing: CaseIterable {
        case plain, noDelimiter, trailingPadding, noOffsetTable, oddFragment, oddFragmentWithoutPadding, twoFragments, bytesBehindTheEnd
    }

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func read(_ bytes: [UInt8]) throws -> [Float] {
        let path = folder.file("quirk.dcm")
        try Data(bytes).write(to: URL(filePath: path))
        let collection = DICOMCollection(paths: [path])
        let candidate = try #require(collection.series.first, "\(collection.otherObjects + collection.damaged)")
        return try readDICOMSeries(try candidate.regularSeries()).values
    }

    /// The compressed image of a fixture, which has it in one fragment, and the file up to the first item.
    private func compressed(_ encoding: String) throws -> (head: [UInt8], stream: [UInt8]) {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: Fixtures.path("dicom/\(encoding).dcm"))))
        let head = try #require(bytes.lastRange(of: [0xe0, 0x7f, 0x10, 0x00])).lowerBound + 12
        func length(at offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
        let fragment = head + 8 + length(at: head + 4)
        let stream = bytes[(fragment + 8)..<(fragment + 8 + length(at: fragment + 4))]
        // The byte that makes the length even is no part of the image.
        return (Array(bytes[..<head]), Array(stream.last == 0 && encoding != "rle" ? stream.dropLast() : stream))
    }

    private func item(_ content: [UInt8], element: UInt16 = 0xe000) -> [UInt8] {
        [0xfe, 0xff, UInt8(truncatingIfNeeded: element), UInt8(element >> 8)]
            + (0..<4).map { UInt8(truncatingIfNeeded: content.count >> (8 * $0)) } + content
    }

    private func packed(_ stream: [UInt8], _ packing: Packing) -> [UInt8] {
        let (table, end) = (item([]), item([], element: 0xe0dd))
        let even = stream.count % 2 == 0 ? stream : stream + [0]
        let odd = stream.count % 2 == 0 ? stream + [0] : stream
        switch packing {
        case .plain: return table + item(even) + end
        case .noDelimiter: return table + item(even)
        case .trailingPadding: return table + item(even) + [0xfc, 0xff, 0xfc, 0xff, 0x4f, 0x42, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]
        case .noOffsetTable: return item(even) + end
        case .oddFragment: return table + item(odd) + [0] + end
        case .oddFragmentWithoutPadding: return table + item(odd) + end
        case .twoFragments: return table + item(Array(even[..<101])) + [0] + item(Array(even[101...])) + [0] + end
        case .bytesBehindTheEnd: return table + item(even + [UInt8](repeating: 0, count: 6) + [0xff, 0xff]) + end
        }
    }

    @Test(arguments: ["rle", "jpeg_lossless", "jpegls", "jpeg2000"], Packing.allCases)
    func `unusual fragments give the image that is in them`(encoding: String, packing: Packing) throws {
        let (head, stream) = try compressed(encoding)
        let expected = try read([UInt8](try Data(contentsOf: URL(filePath: Fixtures.path("dicom/explicit.dcm")))))
        #expect(try read(head + packed(stream, packing)) == expected)
    }

    @Test(arguments: ["jpeg_lossless", "jpegls", "jpeg2000"])
    func `without a delimiter, a stream whose end marker is missing is damaged`(encoding: String) throws {
        let (head, stream) = try compressed(encoding)
        let path = folder.file("cut.dcm")
        for length in [stream.count - 2, stream.count / 2] {
            try Data(head + item([]) + item(Array(stream[..<length]))).write(to: URL(filePath: path))
            #expect(DICOMCollection(paths: [path]).damaged.map(\.path) == [path])
        }
    }

    @Test func `RLE runs that end before the last pixel are damaged, with a delimiter or without`() throws {
        let (head, stream) = try compressed("rle")
        for end in [item([], element: 0xe0dd), []] {
            let bytes = head + item([]) + item(Array(stream.dropLast(16))) + end
            let error = #expect(throws: Problem.self) { try read(bytes) }
            #expect(error?.description.contains("ends before its last pixel") == true)
        }
    }

    @Test func `a zero byte between the coded data and the end marker of JPEG-LS is passed over`() throws {
        let (head, stream) = try compressed("jpegls")
        let expected = try read(head + packed(stream, .plain))
        #expect(try read(head + packed(Array(stream.dropLast(2)) + [0, 0xff, 0xd9], .plain)) == expected)
        #expect(throws: Problem.self) { try read(head + packed(Array(stream.dropLast(2)) + [7, 0xff, 0xd9], .plain)) }
        #expect(throws: Problem.self) { try read(head + packed(Array(stream.dropLast(5)) + [0, 0xff, 0xd9], .plain)) }
    }

    /// A private element in the forms that files have: a value representation that is none, or none at all.
    static let strangeElements: [[UInt8]] = [
        [0x09, 0, 0x01, 0x10, 0x3f, 0x3f, 4, 0, 1, 2, 3, 4], [0x09, 0, 0x01, 0x10, 0x20, 0x20, 4, 0, 1, 2, 3, 4],
        [0x09, 0, 0x01, 0x10, 0x3f, 0x3f, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4], [0x09, 0, 0x01, 0x10, 0, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4],
        [0x09, 0, 0x01, 0x10, 4, 0, 0, 0, 1, 2, 3, 4], [0x09, 0, 0x01, 0x10, 0x5a, 0x5a, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4],
        [0x09, 0, 0x01, 0x10, 0x4f, 0x58, 4, 0, 1, 2, 3, 4], [0x09, 0, 0x01, 0x10, 0x2d, 0x2d, 0, 0],
    ]

    @Test(arguments: [[UInt8](arrayLiteral: 2, 0, 0, 0), [0x4c, 0x4f, 2, 0]])
    func `the items of an unknown element of undefined length may be implicit or explicit`(head: [UInt8]) throws {
        var bytes = try DICOMSynthesiser().objects()[0].encodedFile()
        let expected = try read(bytes)
        let patient = try #require(bytes.firstRange(of: [0x10, 0, 0x10, 0, 0x50, 0x4e])).lowerBound
        let undefined: [UInt8] = [0xff, 0xff, 0xff, 0xff]
        var element: [UInt8] = [0x09, 0, 0x02, 0x10, 0x55, 0x4e, 0, 0]
        element += undefined
        element += [0xfe, 0xff, 0x00, 0xe0]
        element += undefined
        element += [0x09, 0, 0x01, 0x11]
        element += head
        element += [0x61, 0x62]
        element += item([], element: 0xe00d)
        element += item([], element: 0xe0dd)
        bytes.insert(contentsOf: element, at: patient)
        #expect(try read(bytes) == expected)
    }

    @Test(arguments: strangeElements) func `a private element of a strange form is passed over`(element: [UInt8]) throws {
        var bytes = try DICOMSynthesiser().objects()[0].encodedFile()
        let expected = try read(bytes)
        let patient = try #require(bytes.firstRange(of: [0x10, 0, 0x10, 0, 0x50, 0x4e])).lowerBound
        bytes.insert(contentsOf: element, at: patient)
        #expect(try read(bytes) == expected)
    }

    @Test func `a wrong group length and a 32-bit number of rows are of no consequence`() throws {
        var object = try DICOMSynthesiser().objects()[0]
        let expected = try read(object.encodedFile())
        object.set(0x0028, 0x0010, "UL", bytes: [4, 0, 0, 0])
        var bytes = object.encodedFile()
        bytes[140] = 0xee
        #expect(try read(bytes) == expected)
    }

    @Test func `a blank slice that compresses to almost nothing is an image`() throws {
        // JPEG-LS of 512×512 zeros of 16 bits: 114 bytes.
        let head: [UInt8] = [
            0xff, 0xd8, 0xff, 0xf7, 0x00, 0x0b, 0x10, 0x02, 0x00, 0x02, 0x00, 0x01, 0x01, 0x11, 0x00, 0xff, 0xf8, 0x00, 0x0d,
            0x01, 0xff, 0xff, 0x00, 0x12, 0x00, 0x43, 0x01, 0x14, 0x00, 0x40, 0xff, 0xda, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00,
            0x00, 0x00,
        ]
        var object = try DICOMSynthesiser(size: SIMD3(512, 512, 1)).objects()[0]
        object.transferSyntaxUID = "1.2.840.10008.1.2.4.80"
        object.fragments = [head + Array(repeatElement([0xff, 0x7f], count: 35).joined()) + [0xff, 0x78, 0xff, 0xd9]]
        #expect(try read(object.encodedFile()).allSatisfy { $0 == 0 })
    }

    @Test(.enabled(if: SharedTrials.isAvailable, "needs ../shared"))
    func `the trial without sequence delimiters is read whole`() throws {
        let series = DICOMCollection(paths: try SharedTrials.dicomFiles("no_sequence_end")).series
        let volume = try readDICOMSeries(try #require(series.first).regularSeries())
        #expect(volume.geometry.size == SIMD3(24, 20, 8))
        let values = volume.values
        let index = (3 * 20 + 10) * 24 + 15
        // 10 x + 3 y + 100 z - 900.
        #expect(values[index] == -420)
    }
}
