/// A DICOM object that is being made: its attributes, sorted by tag when they are encoded (DICOM PS3.5 section 7, PS3.10 section 7).
///
/// For the series writer, and for tests that need a particular encoding.
package struct DICOMObject {
    /// A value in little-endian form, and its value representation of two letters.
    private struct Value {
        let representation: String
        let bytes: [UInt8]
    }

    private var values: [DICOMTag: Value] = [:]
    /// The fragments of compressed pixel data, in place of the plain value.
    package var fragments: [[UInt8]]?
    /// The offset table before the fragments, bytes; empty as the standard allows.
    package var offsetTable: [UInt8] = []
    /// 1.2.840.10008.1.2.1, explicit little endian, unless a test wants another.
    package var transferSyntaxUID = DICOMTransferSyntax.explicitLittleEndian.uid

    package init() {}

    /// Sets an attribute to a text, padded to even length: UIDs with zero, others with a space.
    package mutating func set(_ group: UInt16, _ element: UInt16, _ representation: String, _ text: String) {
        var bytes = [UInt8](text.utf8)
        if bytes.count % 2 == 1 { bytes.append(representation == "UI" ? 0 : 0x20) }
        values[DICOMTag(group, element)] = Value(representation: representation, bytes: bytes)
    }

    /// Sets an attribute to a 16-bit number (US).
    package mutating func set(_ group: UInt16, _ element: UInt16, _ number: Int) {
        let word = UInt16(truncatingIfNeeded: number)
        values[DICOMTag(group, element)] = Value(
            representation: "US", bytes: [UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8)])
    }

    /// Sets an attribute to bytes as they are, in little-endian order; their number must be even.
    package mutating func set(_ group: UInt16, _ element: UInt16, _ representation: String, bytes: [UInt8]) {
        values[DICOMTag(group, element)] = Value(representation: representation, bytes: bytes)
    }

    /// Takes an attribute away.
    package mutating func remove(_ group: UInt16, _ element: UInt16) {
        values[DICOMTag(group, element)] = nil
    }

    /// A text attribute without its padding.
    package func text(_ group: UInt16, _ element: UInt16) -> String? {
        values[DICOMTag(group, element)].map { value in
            String(decoding: value.bytes, as: UTF8.self).trimmingPadding
        }
    }

    /// The bytes of a whole file: preamble, meta information, data set.
    package func encodedFile() -> [UInt8] {
        var file = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
        let meta = encodedMeta()
        append(DICOMTag(0x0002, 0x0000), "UL", Self.word32(UInt32(meta.count), bigEndian: false), to: &file, syntax: .explicitLittleEndian)
        return file + meta + encodedDataSet()
    }

    /// The bytes of the data set alone.
    package func encodedDataSet() -> [UInt8] {
        let syntax = DICOMTransferSyntax(uid: transferSyntaxUID)
        var bytes: [UInt8] = []
        for (tag, value) in values.sorted(by: { $0.key < $1.key }) where tag != .pixelData {
            append(tag, value.representation, ordered(value, syntax: syntax), to: &bytes, syntax: syntax)
        }
        appendPixelData(to: &bytes, syntax: syntax)
        return bytes
    }

    private func encodedMeta() -> [UInt8] {
        var meta = DICOMObject()
        meta.set(0x0002, 0x0001, "OB", bytes: [0, 1])
        meta.set(0x0002, 0x0002, "UI", text(0x0008, 0x0016) ?? "")
        meta.set(0x0002, 0x0003, "UI", text(0x0008, 0x0018) ?? "")
        meta.set(0x0002, 0x0010, "UI", transferSyntaxUID)
        meta.set(0x0002, 0x0012, "UI", DICOMUIDGenerator.implementationClassUID)
        meta.set(0x0002, 0x0013, "SH", "NNUNETD")
        return meta.encodedDataSet()
    }

    private func appendPixelData(to bytes: inout [UInt8], syntax: DICOMTransferSyntax) {
        guard let fragments else {
            guard let value = values[.pixelData] else { return }
            append(.pixelData, value.representation, ordered(value, syntax: syntax), to: &bytes, syntax: syntax)
            return
        }
        appendHead(.pixelData, "OB", length: .max, to: &bytes, syntax: syntax)
        for fragment in [offsetTable] + fragments {
            let padded = fragment.count % 2 == 1 ? fragment + [0] : fragment
            appendHead(.item, nil, length: UInt32(padded.count), to: &bytes, syntax: syntax)
            bytes += padded
        }
        appendHead(.sequenceDelimitation, nil, length: 0, to: &bytes, syntax: syntax)
    }

    private func append(
        _ tag: DICOMTag, _ representation: String, _ value: [UInt8], to bytes: inout [UInt8], syntax: DICOMTransferSyntax
    ) {
        appendHead(tag, representation, length: UInt32(value.count), to: &bytes, syntax: syntax)
        bytes += value
    }

    private func appendHead(
        _ tag: DICOMTag, _ representation: String?, length: UInt32, to bytes: inout [UInt8], syntax: DICOMTransferSyntax
    ) {
        let bigEndian = syntax.isBigEndian
        bytes += Self.word16(tag.group, bigEndian: bigEndian) + Self.word16(tag.element, bigEndian: bigEndian)
        guard let representation, !syntax.isImplicit else {
            bytes += Self.word32(length, bigEndian: bigEndian)
            return
        }
        bytes += Array(representation.utf8)
        if ["OB", "OV", "OW", "SQ", "UN"].contains(representation) {
            bytes += [0, 0] + Self.word32(length, bigEndian: bigEndian)
        } else {
            bytes += Self.word16(UInt16(truncatingIfNeeded: length), bigEndian: bigEndian)
        }
    }

    private func ordered(_ value: Value, syntax: DICOMTransferSyntax) -> [UInt8] {
        guard syntax.isBigEndian, value.representation == "US" || value.representation == "OW" else { return value.bytes }
        var bytes = value.bytes
        for start in stride(from: 0, to: bytes.count - 1, by: 2) { bytes.swapAt(start, start + 1) }
        return bytes
    }

    private static func word16(_ value: UInt16, bigEndian: Bool) -> [UInt8] {
        let (low, high) = (UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8))
        return bigEndian ? [high, low] : [low, high]
    }

    private static func word32(_ value: UInt32, bigEndian: Bool) -> [UInt8] {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return bigEndian ? bytes.reversed() : bytes
    }
}
