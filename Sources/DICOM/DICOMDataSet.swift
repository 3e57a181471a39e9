/// The few attributes of a data set that are needed, as text and numbers, and the place of its pixel data.
struct DICOMDataSet {
    let path: String
    let transferSyntax: DICOMTransferSyntax
    let isBigEndian: Bool
    var values: [DICOMTag: [UInt8]] = [:]
    var pixelData: DICOMPixelData?
    /// How many frames the tables in front of compressed pixel data list; 0 where they are empty or absent.
    var listedFrameCount = 0

    /// The kind of object, from the data set or else from the file's head; empty where neither says.
    var sopClassUID: String { text(.sopClassUID) ?? text(.mediaStorageSOPClassUID) ?? "" }

    /// A value's text without padding; nil where the attribute is absent or empty.
    func text(_ tag: DICOMTag) -> String? {
        guard let bytes = values[tag] else { return nil }
        // UTF-8 covers ISO_IR 192 and ASCII; any other character set is shown byte by byte, as Latin-1.
        let decoded = String(validating: bytes, as: UTF8.self) ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        let trimmed = decoded.trimmingPadding
        return trimmed.isEmpty ? nil : trimmed
    }

    /// The values of a multi-valued text attribute.
    func texts(_ tag: DICOMTag) -> [String] {
        text(tag).map { $0.split(separator: "\\", omittingEmptySubsequences: false).map { String($0).trimmingPadding } } ?? []
    }

    /// The numbers of a decimal string attribute; nil where it can't be read. `count` is the number it must have.
    func decimals(_ tag: DICOMTag, count: Int) -> [Double]? {
        let parts = texts(tag)
        let numbers = parts.compactMap(Self.number)
        return numbers.count == parts.count && numbers.count == count ? numbers : nil
    }

    /// A number of digits, sign, point and exponent, as PS3.5 section 6.2 has it (DS); Swift alone would also take 0x10.
    private static func number(_ text: String) -> Double? {
        let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || [0x2b, 0x2d, 0x2e, 0x45, 0x65].contains($0) }
        return isPlain ? Double(text).flatMap { $0.isFinite ? $0 : nil } : nil
    }

    /// The number of an integer string attribute; nil where it is absent, empty or no number.
    func integer(_ tag: DICOMTag) -> Int? {
        guard let text = texts(tag).first else { return nil }
        return Int(text) ?? Self.number(text).flatMap { Int(exactly: $0) }
    }

    /// The number of a binary attribute of 16 bits, or of 32 that fits them; nil where it is absent or can't be read.
    func unsignedShort(_ tag: DICOMTag) -> Int? {
        guard let bytes = values[tag], bytes.count == 2 || bytes.count == 4 else { return nil }
        let number = (isBigEndian ? bytes : bytes.reversed()).reduce(0) { $0 << 8 | Int($1) }
        return number <= Int(UInt16.max) ? number : nil
    }
}

extension String {
    /// Without the spaces and zero bytes that DICOM pads values with.
    var trimmingPadding: String {
        let isPadding = { (character: Character) in character == " " || character == "\0" || character.isNewline || character == "\t" }
        guard let first = firstIndex(where: { !isPadding($0) }), let last = lastIndex(where: { !isPadding($0) }) else { return "" }
        return String(self[first...last])
    }
}
