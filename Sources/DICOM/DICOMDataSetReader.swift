import Compression
import Files

/// Walks over a file's data elements up to its pixel data, picks the attributes that are needed and passes over the rest.
///
/// Every length is compared with what is there before it is believed, nesting is bounded, and nothing is loaded but the picked values.
/// This is why the header isn't left to GDCM: it allocates what a length field says and follows any nesting.
/// Encoding: DICOM PS3.5, section 7 and annex A; the file's head: PS3.10, section 7.
struct DICOMDataSetReader: ~Copyable {
    var source: DICOMByteSource
    var position = 0
    var isImplicit = false
    private(set) var isBigEndian = false
    /// Elements so far.
    var elementCount = 0
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

    /// Keeps the value of an attribute that is needed and moves past it.
    mutating func take(_ element: Element, into dataSet: inout DICOMDataSet) throws(Problem) {
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
}
