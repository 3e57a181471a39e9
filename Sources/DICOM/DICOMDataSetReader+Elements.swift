import Files

/// The heads of data elements (PS3.5, 7.1): explicit and implicit, and those that real files have instead.
extension DICOMDataSetReader {
    /// The next element's head, its value being at `position`; nil at the end of the data.
    mutating func nextElement() throws(Problem) -> Element? {
        guard source.holds(1, at: position) else { return nil }
        guard source.holds(8, at: position) else { throw .damaged(path: source.path, reason: "it ends within a data element") }
        elementCount += 1
        guard elementCount <= Self.mostElements else {
            throw .damaged(path: source.path, reason: "more than \(Self.mostElements) data elements come before the pixel data")
        }
        let tag = try tag(at: position)
        if tag.group == 0xfffe || isImplicit { return try element(tag, representation: 0, longLengthAt: position + 4) }

        let representation = try source.integer(UInt16.self, at: position + 4, bigEndian: true)
        if Self.longRepresentations.contains(representation) {
            return try element(tag, representation: representation, longLengthAt: position + 8)
        }
        guard Self.shortRepresentations.contains(representation) else { return try strangeElement(tag, representation) }
        return try shortElement(tag, representation: representation)
    }

    private mutating func shortElement(_ tag: DICOMTag, representation: UInt16) throws(Problem) -> Element {
        let length = Int(try source.integer(UInt16.self, at: position + 6, bigEndian: isBigEndian))
        position += 8
        return Element(tag: tag, representation: representation, length: length)
    }

    /// An element whose value representation is none of the standard's: "??", blanks or zeros, or an implicit element among explicit ones.
    ///
    /// Of the forms that it may have, the first is taken after which the next element makes sense.
    private mutating func strangeElement(_ tag: DICOMTag, _ representation: UInt16) throws(Problem) -> Element {
        let start = position
        let longForms = Self.isRepresentation(representation) ? [8] : [4, 8]
        for offset in longForms where source.holds(offset + 4, at: start) {
            position = start
            let candidate = try element(tag, representation: Self.unknown, longLengthAt: start + offset)
            if try isFollowedBySense(candidate) { return candidate }
        }
        position = start
        let candidate = try shortElement(tag, representation: Self.unknown)
        if try isFollowedBySense(candidate) { return candidate }
        throw .damaged(path: source.path, reason: "the value representation of element \(tag) can't be read")
    }

    /// Whether an element with its value at `position` ends where the file does, or where a later element or the end of an item begins.
    private mutating func isFollowedBySense(_ element: Element) throws(Problem) -> Bool {
        guard let length = element.length else {
            guard source.holds(8, at: position) else { return false }
            return [.item, .sequenceDelimitation].contains(try tag(at: position))
        }
        guard source.holds(length, at: position) else { return false }
        let end = position + length
        if end == source.count { return true }
        guard source.holds(8, at: end) else { return false }
        let next = try tag(at: end)
        if next.group == 0xfffe { return next == .item || next == .itemDelimitation || next == .sequenceDelimitation }
        let representation = try source.integer(UInt16.self, at: end + 4, bigEndian: true)
        return next > element.tag && (representation == 0 || Self.isRepresentation(representation))
    }

    mutating func tag(at offset: Int) throws(Problem) -> DICOMTag {
        DICOMTag(
            try source.integer(UInt16.self, at: offset, bigEndian: isBigEndian),
            try source.integer(UInt16.self, at: offset + 2, bigEndian: isBigEndian))
    }

    private mutating func element(
        _ tag: DICOMTag, representation: UInt16, longLengthAt offset: Int
    ) throws(Problem) -> Element {
        guard source.holds(4, at: offset) else { throw .damaged(path: source.path, reason: "it ends within element \(tag)") }
        let length = try source.integer(UInt32.self, at: offset, bigEndian: isBigEndian)
        position = offset + 4
        return Element(tag: tag, representation: representation, length: length == .max ? nil : Int(length))
    }

    func expect(_ length: Int, of tag: DICOMTag) throws(Problem) {
        guard source.holds(length, at: position) else {
            throw .damaged(
                path: source.path, reason: "element \(tag) should have \(length) bytes, \(max(0, source.count - position)) are left")
        }
    }
}

/// The value representations (PS3.5, 6.2) by their two letters.
extension DICOMDataSetReader {
    /// The value representations with 32-bit lengths: OB OD OF OL OV OW, SQ SV, UC UN UR UT UV.
    static let longRepresentations: Set<UInt16> = Set(
        ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"].map(code))
    /// Those with 16-bit lengths.
    static let shortRepresentations: Set<UInt16> = Set(
        [
            "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FL", "FD", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI", "UL", "US",
        ].map(code))
    static let unknown = code("UN")
    static let words = code("OW")

    private static func code(_ letters: String) -> UInt16 {
        letters.utf8.reduce(0) { $0 << 8 | UInt16($1) }
    }

    /// Whether both bytes are capital letters.
    static func isRepresentation(_ code: UInt16) -> Bool {
        (0x41...0x5a).contains(code >> 8) && (0x41...0x5a).contains(code & 0xff)
    }
}
