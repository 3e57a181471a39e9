/// The few attributes of a data set that are needed, as text and numbers, and the place of its pixel data.
struct DICOMDataSet {
    let path: String
    let transferSyntax: DICOMTransferSyntax
    let isBigEndian: Bool
    var values: [DICOMTag: [UInt8]] = [:]
    var pixelData: DICOMPixelData?

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

    /// The numbers of a decimal string attribute; nil where it is absent or empty. `count` is the number it must have.
    func decimals(_ tag: DICOMTag, count: Int) throws(ImageIOError) -> [Double]? {
        guard text(tag) != nil else { return nil }
        let parts = texts(tag)
        let numbers = parts.compactMap { Double($0) }.filter(\.isFinite)
        guard numbers.count == parts.count, numbers.count == count else {
            throw .damaged(path: path, reason: "attribute \(tag) should hold \(count == 1 ? "a number" : "\(count) numbers")")
        }
        return numbers
    }

    /// One number of a decimal string attribute.
    func decimal(_ tag: DICOMTag) throws(ImageIOError) -> Double? {
        try decimals(tag, count: 1)?[0]
    }

    /// The number of an integer string attribute; nil where it is absent, empty or no number.
    func integer(_ tag: DICOMTag) -> Int? {
        guard let text = texts(tag).first else { return nil }
        return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
    }

    /// The number of a binary 16-bit attribute; nil where it is absent.
    func unsignedShort(_ tag: DICOMTag) throws(ImageIOError) -> Int? {
        guard let bytes = values[tag], !bytes.isEmpty else { return nil }
        guard bytes.count >= 2 else { throw .damaged(path: path, reason: "attribute \(tag) should hold a 16-bit number") }
        return isBigEndian ? Int(bytes[0]) << 8 | Int(bytes[1]) : Int(bytes[1]) << 8 | Int(bytes[0])
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
