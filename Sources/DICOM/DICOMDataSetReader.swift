import Archives
import Files

/// Walks over a file's data elements up to its pixel data, picks the attributes that are needed and passes over the rest.
///
/// Every length is compared with what is there before it is believed, nesting is bounded, and nothing is loaded but the picked values.
/// This is why the header isn't left to GDCM: it allocates what a length field says and follows any nesting.
/// Encoding: DICOM PS3.5, section 7 and annex A; the file's head: PS3.10, section 7.
struct DICOMDataSetReader: ~Copyable {
    var source: DICOMByteSource
    var position = 0
    private(set) var isImplicit = false
    private var isBigEndian = false
    private var elementCount = 0
    /// What was read before an error ended `readDataSet`; nil where not even the first elements could be read.
    private(set) var partOfDataSet: DICOMDataSet?

    /// The deepest nesting of sequences; real objects stay under ten.
    static let deepestNesting = 32
    /// The most elements before the pixel data.
    static let mostElements = 200_000
    /// The longest value of an attribute that is read, bytes.
    static let longestValue = 4096
    /// The largest inflated data set, bytes.
    static let largestInflated = 512 << 20

    struct Element {
        var tag: DICOMTag
        /// The two letters; 0 where the encoding is implicit.
        var representation: UInt16
        /// nil where the length is undefined and delimiters mark the end.
        var length: Int?
    }

    init(_ source: consuming DICOMByteSource) {
        self.source = source
    }

    /// Reads the whole head: the meta information and the data set up to the pixel data.
    ///
    /// An object that is no slice is read only as far as group 0028: its sequences may be huge.
    mutating func readDataSet() throws(Problem) -> DICOMDataSet {
        position = try startOfElements()
        let meta = try readMeta()
        let stated = meta.text(.transferSyntaxUID).map { DICOMTransferSyntax(uid: $0) }
        if let stated, stated.isDeflated { try inflate() }
        try chooseEncoding(stated)
        let fallback = isImplicit ? DICOMTransferSyntax.implicitLittleEndian : .explicitLittleEndian
        var dataSet = DICOMDataSet(path: source.path, transferSyntax: stated ?? fallback, isBigEndian: isBigEndian, values: meta.values)
        do throws(Problem) {
            try readElements(into: &dataSet)
        } catch {
            partOfDataSet = dataSet
            throw error
        }
        return dataSet
    }

    private mutating func readElements(into dataSet: inout DICOMDataSet) throws(Problem) {
        while let element = try nextElement() {
            if element.tag == .pixelData {
                try locatePixelData(element, in: &dataSet)
                break
            }
            if element.tag.group > 0x0028, !DICOMStorageClass.isSlice(dataSet.sopClassUID) { break }
            try take(element, into: &dataSet)
        }
    }

    /// Whether the first elements after an optional preamble can be those of a DICOM file.
    mutating func looksLikeDICOM() throws(Problem) -> Bool {
        if try hasPreamble() { return true }
        do throws(Problem) {
            try chooseEncoding(nil)
            for _ in 0..<3 {
                guard let element = try nextElement(), element.tag.group == 0x0002 || element.tag.group == 0x0008 else { return false }
                guard let length = element.length, source.holds(length, at: position) else { return false }
                position += length
            }
            return true
        } catch {
            guard error.kind == .damaged else { throw error }
            return false
        }
    }

    /// Gives the source back, for reading pixels from what was walked over.
    consuming func finish() -> DICOMByteSource {
        source
    }

    // MARK: The file's head

    private mutating func hasPreamble() throws(Problem) -> Bool {
        guard source.holds(132, at: 0) else { return false }
        return try source.bytes(4, at: 128).elementsEqual([0x44, 0x49, 0x43, 0x4d])
    }

    private mutating func startOfElements() throws(Problem) -> Int {
        if try hasPreamble() { return 132 }
        guard try looksLikeDICOM() else {
            throw .notAnImage(path: source.path, expected: "a DICOM file", found: "no DICM mark and no DICOM elements")
        }
        return 0
    }

    /// Group 0002, always explicit little endian; its length element is not relied upon, files exist where it is wrong.
    private mutating func readMeta() throws(Problem) -> DICOMDataSet {
        var meta = DICOMDataSet(path: source.path, transferSyntax: .explicitLittleEndian, isBigEndian: false)
        isImplicit = false
        isBigEndian = false
        while source.holds(8, at: position), try source.integer(UInt16.self, at: position, bigEndian: false) == 0x0002 {
            guard let element = try nextElement() else { break }
            try take(element, into: &meta)
        }
        return meta
    }

    /// Explicit or implicit as the transfer syntax says, unless the first element's form shows otherwise.
    private mutating func chooseEncoding(_ stated: DICOMTransferSyntax?) throws(Problem) {
        isBigEndian = stated?.isBigEndian ?? false
        guard source.holds(8, at: position) else {
            isImplicit = stated?.isImplicit ?? false
            return
        }
        isImplicit = !Self.isRepresentation(try source.integer(UInt16.self, at: position + 4, bigEndian: true))
    }

    private mutating func inflate() throws(Problem) {
        let remaining = source.count - position
        let limit = min(Self.largestInflated, max(remaining, 1).multipliedReportingOverflow(by: 1032).partialValue)
        let packed = [UInt8](try source.bytes(remaining, at: position))
        do throws(Problem) {
            source = DICOMByteSource(path: source.path, bytes: try inflateRawDeflate(packed, path: source.path, limit: limit))
        } catch {
            throw .damaged(path: source.path, reason: "its deflated data set can't be inflated: it \(error.finding)")
        }
        position = 0
    }

    // MARK: Elements

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

    /// The value representations with 32-bit lengths: OB OD OF OL OV OW, SQ SV, UC UN UR UT UV.
    private static let longRepresentations: Set<UInt16> = Set(
        ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"].map(code))
    /// Those with 16-bit lengths.
    private static let shortRepresentations: Set<UInt16> = Set(
        [
            "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FL", "FD", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI", "UL", "US",
        ].map(code))
    private static let unknown = code("UN")
    static let words = code("OW")

    private static func code(_ letters: String) -> UInt16 {
        letters.utf8.reduce(0) { $0 << 8 | UInt16($1) }
    }

    /// Whether both bytes are capital letters.
    private static func isRepresentation(_ code: UInt16) -> Bool {
        (0x41...0x5a).contains(code >> 8) && (0x41...0x5a).contains(code & 0xff)
    }

    /// Keeps the value of an attribute that is needed and moves past it.
    private mutating func take(_ element: Element, into dataSet: inout DICOMDataSet) throws(Problem) {
        guard let length = element.length else {
            if element.tag == .modalityLUTSequence { dataSet.values[element.tag] = [] }
            return try skipSequence(depth: 1, isUnknown: element.representation == Self.unknown)
        }
        try expect(length, of: element.tag)
        if element.tag == .modalityLUTSequence {
            if length > 0 { dataSet.values[element.tag] = [] }
        } else if DICOMTag.read.contains(element.tag) {
            guard length <= Self.longestValue else {
                throw .damaged(path: source.path, reason: "attribute \(element.tag) is \(length) bytes long")
            }
            dataSet.values[element.tag] = [UInt8](try source.bytes(length, at: position))
        } else if DICOMTag.readWhereShort.contains(element.tag), length <= DICOMAcquisition.longestValue {
            dataSet.values[element.tag] = [UInt8](try source.bytes(length, at: position))
        } else if element.tag == .extendedOffsetTable {
            dataSet.listedFrameCount = length / 8
        } else {
            try takePrivate(element.tag, length, into: &dataSet)
        }
        position += length
    }

    /// Keeps a private attribute that is needed, and the creators that tell which they are.
    private mutating func takePrivate(_ tag: DICOMTag, _ length: Int, into dataSet: inout DICOMDataSet) throws(Problem) {
        if DICOMPrivateAttribute.isCreator(tag), length <= 64 {
            dataSet.values[tag] = [UInt8](try source.bytes(length, at: position))
        } else if length <= DICOMPrivateAttribute.longestValue, let known = DICOMPrivateAttribute.attribute(at: tag, in: dataSet) {
            dataSet.values[known.tag] = [UInt8](try source.bytes(length, at: position))
        }
    }

    func expect(_ length: Int, of tag: DICOMTag) throws(Problem) {
        guard source.holds(length, at: position) else {
            throw .damaged(
                path: source.path, reason: "element \(tag) should have \(length) bytes, \(max(0, source.count - position)) are left")
        }
    }

    // MARK: Sequences of undefined length

    private mutating func skipSequence(depth: Int, isUnknown: Bool) throws(Problem) {
        guard depth <= Self.deepestNesting else {
            throw .damaged(path: source.path, reason: "its sequences are nested more than \(Self.deepestNesting) deep")
        }
        // The content of an unknown element of undefined length is implicit little endian (PS3.5, 6.2.2, note 2).
        let outer = isImplicit
        if isUnknown { isImplicit = true }
        defer { isImplicit = outer }
        while true {
            guard let element = try nextElement() else { throw .damaged(path: source.path, reason: "it ends within a sequence") }
            switch element.tag {
            case .sequenceDelimitation: return
            case .item:
                if let length = element.length {
                    try expect(length, of: element.tag)
                    position += length
                } else {
                    if isUnknown { isImplicit = try !startsExplicitly() }
                    try skipItem(depth: depth)
                }
            default: throw .damaged(path: source.path, reason: "element \(element.tag) stands where a sequence item should")
            }
        }
    }

    /// Whether the element at `position` has one of the standard's value representations: some programs leave them in the items of unknown
    /// elements.
    private mutating func startsExplicitly() throws(Problem) -> Bool {
        guard source.holds(8, at: position) else { return false }
        let representation = try source.integer(UInt16.self, at: position + 4, bigEndian: true)
        return Self.shortRepresentations.contains(representation) || Self.longRepresentations.contains(representation)
    }

    private mutating func skipItem(depth: Int) throws(Problem) {
        while true {
            guard let element = try nextElement() else { throw .damaged(path: source.path, reason: "it ends within a sequence item") }
            if element.tag == .itemDelimitation { return }
            if let length = element.length {
                try expect(length, of: element.tag)
                position += length
            } else {
                try skipSequence(depth: depth + 1, isUnknown: element.representation == Self.unknown)
            }
        }
    }
}
