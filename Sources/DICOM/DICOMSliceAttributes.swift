import Files

/// Reads the attributes of one slice, and notes what is wrong with them: a default never takes the place of what the standard demands.
struct DICOMSliceAttributes {
    private let dataSet: DICOMDataSet
    /// The first demanded attribute that is absent or can't be read, as a clause about the file; nil where all are there.
    private(set) var defect: String?
    /// Attributes that may be absent, but are there and can't be read.
    private(set) var unreadable: [DICOMTag] = []

    init(_ dataSet: DICOMDataSet) {
        self.dataSet = dataSet
    }

    /// A text that must be there; empty where it isn't.
    mutating func demandedText(_ tag: DICOMTag) -> String {
        demanded(tag, dataSet.text(tag)) ?? ""
    }

    /// A 16-bit number that must be there and among those that the standard knows; 0 where it isn't.
    mutating func demandedShort(_ tag: DICOMTag, in known: ClosedRange<Int> = 0...Int(UInt16.max)) -> Int {
        let value = demanded(tag, dataSet.unsignedShort(tag)) ?? 0
        if !known.contains(value), defect == nil { defect = "has \(tag.article) \(tag.named) of \(value), which means nothing" }
        return value
    }

    /// Numbers that must be there.
    mutating func demandedDecimals(_ tag: DICOMTag, count: Int) -> [Double]? {
        demanded(tag, dataSet.decimals(tag, count: count))
    }

    /// A number on which voxels rest where it is there: it may be absent, but not unreadable.
    mutating func meaningfulDecimal(_ tag: DICOMTag) -> Double? {
        dataSet.text(tag) == nil ? nil : demanded(tag, dataSet.decimals(tag, count: 1))?[0]
    }

    /// An integer on which voxels rest where it is there.
    mutating func meaningfulInteger(_ tag: DICOMTag) -> Int? {
        dataSet.text(tag) == nil ? nil : demanded(tag, dataSet.integer(tag))
    }

    /// A number that is of use where it can be read.
    mutating func optionalDecimal(_ tag: DICOMTag) -> Double? {
        let value = dataSet.decimals(tag, count: 1)?[0]
        if value == nil, dataSet.text(tag) != nil { unreadable.append(tag) }
        return value
    }

    private mutating func demanded<Value>(_ tag: DICOMTag, _ value: Value?) -> Value? {
        if value == nil, defect == nil {
            if let bytes = dataSet.values[tag], !bytes.isEmpty {
                defect = "has \(tag.article) \(tag.named) that can't be read" + (Self.shown(bytes).map { " (\($0))" } ?? "")
            } else {
                defect = "has no \(tag.named)"
            }
        }
        return value
    }

    /// What stands where a number should, when it is text.
    private static func shown(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes.prefix(64), as: UTF8.self).trimmingPadding
        return !text.isEmpty && text.utf8.allSatisfy { (0x20...0x7e).contains($0) } ? "\"\(ForeignText.marked(text))\"" : nil
    }
}

extension DICOMTag {
    /// "a" or "an", as the attribute's name is spoken.
    fileprivate var article: String { named.first.map { "AEIOaeio".contains($0) } == true ? "an" : "a" }
}
