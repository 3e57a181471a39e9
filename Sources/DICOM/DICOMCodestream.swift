/// What a compressed image's own header says: its size. A decoder allocates by it, so it is compared with the data set's size first.
struct DICOMCodestream: Equatable {
    var columns: Int
    var rows: Int
    var components: Int
    var bitsPerSample: Int

    /// Whether GDCM may decode a stream: it is one component of the stated size with no more bits than stated (RLE: one segment per byte).
    static func problem(
        in bytes: [UInt8], coding: DICOMTransferSyntax.PixelCoding, rows: Int, columns: Int, format: DICOMSampleFormat
    ) -> String? {
        let stream: DICOMCodestream?
        switch coding {
        case .native: return nil
        case .rle: return rleProblem(in: bytes, pixels: rows * columns, format: format)
        case .jpeg, .jpegLS: stream = jpeg(bytes)
        case .jpeg2000: stream = jpeg2000(bytes)
        }
        guard let stream else { return "the header of its compressed image can't be read" }
        guard stream.columns == columns, stream.rows == rows else {
            return "its compressed image is \(stream.columns)×\(stream.rows) pixels, the header says \(columns)×\(rows)"
        }
        guard stream.components == 1, (1...min(16, format.bitsAllocated)).contains(stream.bitsPerSample) else {
            return "its compressed image has \(stream.components) components of \(stream.bitsPerSample) bits, "
                + "the header says 1 of \(format.bitsAllocated)"
        }
        return nil
    }

    private static let jp2Signature: [UInt8] = [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20]

    /// The codestream of a JPEG 2000 image: DICOM wants it bare, some files have it in the boxes of a JP2 file (ISO 15444-1, annex I).
    ///
    /// The boxes are left out, so that a palette in them can't change what the codestream decodes to.
    static func unboxed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.starts(with: jp2Signature) else { return bytes }
        var position = 0
        while position + 8 <= bytes.count {
            let length = Int(bigEndian(bytes, position, 4))
            let isCodestream = bytes[(position + 4)..<(position + 8)].elementsEqual([0x6a, 0x70, 0x32, 0x63])
            let header = length == 1 ? 16 : 8
            guard position + header <= bytes.count else { return bytes }
            if isCodestream { return Array(bytes[(position + header)...]) }
            guard length >= 8 else { return bytes }
            position += length
        }
        return bytes
    }

    /// How far behind its end marker a stream may go on, bytes.
    static let longestPadding = 4096

    /// Whether bytes are the first of a compressed image: the start of a codestream or of its box, or the head of RLE segments.
    static func isStart(of coding: DICOMTransferSyntax.PixelCoding, _ bytes: ArraySlice<UInt8>) -> Bool {
        switch coding {
        case .native: false
        case .rle:
            bytes.count >= 8 && (1...15).contains(bytes.first ?? 0) && bytes.dropFirst().prefix(7).elementsEqual([0, 0, 0, 64, 0, 0, 0])
        case .jpeg, .jpegLS: bytes.starts(with: [0xff, 0xd8, 0xff])
        case .jpeg2000: bytes.starts(with: [0xff, 0x4f, 0xff, 0x51]) || bytes.starts(with: jp2Signature)
        }
    }

    /// Where a JPEG, JPEG-LS or JPEG 2000 stream ends: behind its last end marker, which can't occur in coded data; nil where it has none.
    static func end(of bytes: ArraySlice<UInt8>) -> Int? {
        bytes.indices.dropLast().last { bytes[$0] == 0xff && bytes[$0 + 1] == 0xd9 }.map { $0 + 2 }
    }

    /// A JPEG-LS stream without what encoders put between the coded data and the end marker to make their number even: zero bytes, which
    /// CharLS since 2.3 doesn't pass over; nil where there are none, or too many to be meant so.
    static func withoutFilling(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        guard let end = end(of: bytes[...]), end >= 2 + count, bytes[(end - 2 - count)..<(end - 2)].allSatisfy({ $0 == 0 }) else {
            return nil
        }
        return Array(bytes[..<(end - 2 - count)]) + [0xff, 0xd9]
    }

    /// The most filling bytes that are looked for: up to a multiple of four.
    static let longestFilling = 3

    /// End-of-image markers, longer than any segment, to follow a JPEG stream: GDCM suspends decoding where a stream ends without its end
    /// marker, and crashes when it goes on.
    static let endlessEnd: [UInt8] = (0..<(72 << 10)).map { $0 % 2 == 0 ? 0xff : 0xd9 }

    /// JPEG and JPEG-LS: the start-of-frame segment (ISO 10918-1 B.2.2, ISO 14495-1 C.2.2).
    static func jpeg(_ bytes: [UInt8]) -> DICOMCodestream? {
        guard bytes.starts(with: [0xff, 0xd8]) else { return nil }
        var position = 2
        while position + 4 <= bytes.count {
            guard bytes[position] == 0xff else { return nil }
            let marker = bytes[position + 1]
            if marker == 0xff {
                position += 1
                continue
            }
            let length = Int(bigEndian(bytes, position + 2, 2))
            let isFrame = (0xc0...0xcf).contains(marker) && ![0xc4, 0xc8, 0xcc].contains(marker) || marker == 0xf7
            if isFrame {
                guard length >= 8, position + 10 <= bytes.count else { return nil }
                return DICOMCodestream(
                    columns: Int(bigEndian(bytes, position + 7, 2)), rows: Int(bigEndian(bytes, position + 5, 2)),
                    components: Int(bytes[position + 9]), bitsPerSample: Int(bytes[position + 4]))
            }
            guard length >= 2 else { return nil }
            position += 2 + length
        }
        return nil
    }

    /// JPEG 2000: the SIZ segment, which follows the first marker (ISO 15444-1 A.5.1). Subsampled components are not taken.
    static func jpeg2000(_ bytes: [UInt8]) -> DICOMCodestream? {
        guard bytes.count >= 45, bytes.starts(with: [0xff, 0x4f, 0xff, 0x51]) else { return nil }
        func field(_ offset: Int) -> Int { Int(bigEndian(bytes, offset, 4)) }
        let (width, height) = (field(8) - field(16), field(12) - field(20))
        guard width > 0, height > 0, bytes[43] == 1, bytes[44] == 1 else { return nil }
        return DICOMCodestream(
            columns: width, rows: height, components: Int(bigEndian(bytes, 40, 2)), bitsPerSample: Int(bytes[42] & 0x7f) + 1)
    }

    /// RLE: the header of 16 numbers, the count of segments and where each begins (DICOM PS3.5 annex G.5).
    private static func rleProblem(in bytes: [UInt8], pixels: Int, format: DICOMSampleFormat) -> String? {
        guard bytes.count >= 64 else { return "the header of its compressed image can't be read" }
        func number(_ index: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[4 * index + $1]) << (8 * $1) } }
        guard number(0) == format.bytesPerSample else {
            return "its compressed image has \(number(0)) segments, samples of \(format.bitsAllocated) bits need \(format.bytesPerSample)"
        }
        let offsets = (1...format.bytesPerSample).map(number)
        guard offsets.allSatisfy({ (64..<bytes.count).contains($0) }) else { return "a segment of its compressed image lies outside" }
        let ends = offsets.dropFirst() + [bytes.count]
        guard zip(offsets, ends).allSatisfy({ $0 < $1 && rleLength(bytes[$0..<$1]) >= pixels }) else {
            return "its compressed image ends before its last pixel"
        }
        return nil
    }

    /// How many bytes the runs of an RLE segment give (DICOM PS3.5 annex G.3): a run's first byte n is followed by n + 1 bytes, or from 129
    /// on by one that is repeated 257 - n times.
    private static func rleLength(_ segment: ArraySlice<UInt8>) -> Int {
        var (position, length) = (segment.startIndex, 0)
        while position < segment.endIndex {
            let head = Int(segment[position])
            let taken = head < 128 ? head + 1 : (head > 128 ? 1 : 0)
            guard position + 1 + taken <= segment.endIndex else { break }
            length += head < 128 ? taken : (head > 128 ? 257 - head : 0)
            position += 1 + taken
        }
        return length
    }

    private static func bigEndian(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 << 8 | UInt64(bytes[offset + $1]) }
    }
}
