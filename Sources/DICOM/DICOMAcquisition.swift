import Files

/// The attributes that tell the acquisitions and reconstructions of one series apart: phases, echoes, magnitude and phase, kernels …
struct DICOMAcquisition: Sendable, Equatable {
    /// One for each of `attributes`; nil where it is absent or empty.
    let values: [String?]

    /// One such attribute.
    struct Attribute: Sendable {
        let tag: DICOMTag
        /// As the standard calls it.
        let name: String
        var form = Form.text
        var weight = Weight.hint
    }

    /// How a value is written: text as it is, Image Type without what only names a way of scanning, a number of digits, a decimal string
    /// to four digits, a binary number.
    enum Form: Sendable {
        case text, imageType, number, decimal, float64, float32

        /// Whether values are free of text.
        var isNumber: Bool { self != .text && self != .imageType }
        /// Whether values are measured, so that such that nearly agree are one.
        var isMeasured: Bool { isNumber && self != .number }
    }

    /// When a difference says that slices on one regular grid are not one volume.
    enum Weight: Sendable {
        /// Never; it only explains a grid that is none.
        case hint
        /// Where its values take turns from slice to slice, as those of interleaved acquisitions do.
        case takingTurns
        /// Always.
        case decisive
    }

    /// In the order in which they are named: what people know the acquisitions by first, times last.
    static let attributes: [Attribute] = [
        Attribute(tag: DICOMTag(0x0020, 0x0100), name: "Temporal Position Identifier", form: .number, weight: .decisive),
        Attribute(tag: DICOMTag(0x0018, 0x0086), name: "Echo Number", form: .number, weight: .decisive),
        Attribute(tag: .echoTime, name: "Echo Time (ms)", form: .decimal, weight: .decisive),
        Attribute(tag: DICOMTag(0x0018, 0x9087), name: "Diffusion b-value", form: .float64, weight: .decisive),
        Attribute(tag: DICOMPrivateAttribute.siemensBValue.tag, name: "b-value (Siemens)", weight: .decisive),
        Attribute(tag: DICOMPrivateAttribute.philipsBValue.tag, name: "b-value (Philips)", form: .float32, weight: .decisive),
        Attribute(tag: DICOMPrivateAttribute.generalElectricBValue.tag, name: "b-value (GE)", weight: .takingTurns),
        Attribute(tag: DICOMTag(0x0008, 0x9208), name: "Complex Image Component", weight: .decisive),
        Attribute(tag: .imageType, name: "Image Type", form: .imageType, weight: .decisive),
        Attribute(tag: DICOMTag(0x0018, 0x1210), name: "Convolution Kernel", weight: .decisive),
        Attribute(tag: DICOMTag(0x0018, 0x0082), name: "Inversion Time (ms)", form: .decimal, weight: .takingTurns),
        Attribute(tag: DICOMTag(0x0018, 0x0080), name: "Repetition Time (ms)", form: .decimal, weight: .takingTurns),
        Attribute(tag: DICOMTag(0x0018, 0x1314), name: "Flip Angle", form: .decimal, weight: .takingTurns),
        Attribute(tag: DICOMTag(0x0018, 0x0060), name: "KVP", form: .decimal, weight: .decisive),
        Attribute(tag: .sliceThickness, name: "Slice Thickness (mm)", form: .decimal),
        Attribute(tag: DICOMTag(0x0018, 0x1060), name: "Trigger Time (ms)", form: .decimal),
        Attribute(tag: DICOMTag(0x0018, 0x0024), name: "Sequence Name"),
        Attribute(tag: DICOMTag(0x0018, 0x1160), name: "Filter Type"),
        Attribute(tag: DICOMTag(0x0018, 0x1100), name: "Reconstruction Diameter (mm)", form: .decimal),
        Attribute(tag: DICOMTag(0x0018, 0x0010), name: "Contrast/Bolus Agent", weight: .takingTurns),
        Attribute(tag: DICOMTag(0x0018, 0x1250), name: "Receive Coil Name"),
        Attribute(tag: .acquisitionNumber, name: "Acquisition Number", form: .number),
        Attribute(tag: DICOMTag(0x0008, 0x0032), name: "Acquisition Time", form: .number),
        Attribute(tag: DICOMTag(0x0008, 0x0033), name: "Content Time", form: .number),
    ]

    /// The longest value that is kept, bytes; a longer one tells nothing apart that people would recognise.
    static let longestValue = 256

    /// The standard's tags that must be read for `attributes`.
    static let tags = Set(attributes.map(\.tag).filter { $0.group % 2 == 0 })
}

extension DICOMAcquisition {
    init(_ dataSet: DICOMDataSet) {
        values = Self.attributes.map { attribute in
            guard let bytes = dataSet.values[attribute.tag], bytes.count <= Self.longestValue else { return nil }
            switch attribute.form {
            case .text, .number: return dataSet.text(attribute.tag)
            case .imageType: return Self.imageType(dataSet.texts(attribute.tag))
            case .decimal:
                let text = dataSet.text(attribute.tag)
                return text.flatMap { Double($0) }.map(Self.text) ?? text
            case .float64: return dataSet.bits(attribute.tag, UInt64.self).map { Self.text(Double(bitPattern: $0)) }
            case .float32: return dataSet.bits(attribute.tag, UInt32.self).map { Self.text(Double(Float(bitPattern: $0))) }
            }
        }
    }

    /// Values of Image Type that name a way of scanning or of storing, and may differ between the slices of one volume.
    private static let waysOfScanning: Set<String> = [
        "", "PRIMARY", "AXIAL", "HELIX", "HELICAL", "VOLUME", "NONE", "OTHER", "ND", "NORM", "DIS2D", "DIS3D", "FIL", "FM", "FS", "CSA",
    ]

    /// What Image Type says of the kind of image, with strokes between; nil where it says nothing.
    private static func imageType(_ values: [String]) -> String? {
        let kinds = values.map { $0.uppercased() }.filter { !waysOfScanning.contains($0) }
        return kinds.isEmpty ? nil : kinds.joined(separator: "\\")
    }

    /// To a ten-thousandth, so that "4.6" and "4.60" are one value.
    private static func text(_ value: Double) -> String {
        let rounded = (value * 10_000).rounded() / 10_000
        return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
    }
}

extension DICOMDataSet {
    /// The bits of a binary value of exactly this size; nil where it is absent or of another size.
    func bits<Word: FixedWidthInteger & UnsignedInteger>(_ tag: DICOMTag, _ type: Word.Type) -> Word? {
        guard let bytes = values[tag], bytes.count == MemoryLayout<Word>.size else { return nil }
        return (isBigEndian ? bytes : bytes.reversed()).reduce(0) { $0 << 8 | Word($1) }
    }
}

/// An attribute in which some slices differ.
struct DICOMAcquisitionDifference {
    let attribute: DICOMAcquisition.Attribute
    /// For each slice its value; nil where it has none.
    let values: [String?]

    /// Numbers that differ by less than this part of the larger one are one number, measured or written a little differently.
    private static let nearness = 0.01

    /// The values, each number in place of those near it.
    private static func joiningNearNumbers(_ values: [String?]) -> [String?] {
        var names: [String: String] = [:]
        var last: (number: Double, text: String)?
        for (number, text) in Set(values.compactMap(\.self)).compactMap({ text in Double(text).map { ($0, text) } }).sorted(by: <) {
            if let last, number - last.number <= nearness * max(abs(number), abs(last.number)) {
                names[text] = names[last.text]
            } else {
                names[text] = text
            }
            last = (number, text)
        }
        return values.map { value in value.map { names[$0] ?? $0 } }
    }

    /// The attributes in which the slices differ, in the order of `DICOMAcquisition.attributes`, those that every slice has first.
    static func all(_ slices: [DICOMFileHeader]) -> [DICOMAcquisitionDifference] {
        let found = DICOMAcquisition.attributes.indices.compactMap { index -> DICOMAcquisitionDifference? in
            let attribute = DICOMAcquisition.attributes[index]
            var values = slices.map { $0.acquisition.values[index] }
            guard Set(values).count > 1 else { return nil }
            if attribute.form.isMeasured { values = joiningNearNumbers(values) }
            return Set(values).count < 2 ? nil : DICOMAcquisitionDifference(attribute: attribute, values: values)
        }
        return found.filter { !$0.values.contains(nil) } + found.filter { $0.values.contains(nil) }
    }

    /// The values in the order of their first slices, without "none".
    private var distinct: [String] {
        var seen: Set<String> = []
        return values.compactMap(\.self).filter { seen.insert($0).inserted }
    }

    /// "Echo Time (ms) is 10 or 80", with at most three values.
    var clause: String {
        var shown = distinct.prefix(3).map { value in
            attribute.form.isNumber && Double(value) != nil ? value : ForeignText.marked(value.replacing("\\", with: "/"))
        }
        if distinct.count > 3 { shown.append("\(distinct.count - 3) more values") }
        if values.contains(nil) { shown.append("absent") }
        return "\(attribute.name) is \(shown.joined(separator: " or "))"
    }

    /// Whether slices in this order are not one volume although their positions are evenly spaced.
    var splitsARegularGrid: Bool {
        switch attribute.weight {
        case .hint: return false
        case .decisive: return distinct.count > 1
        case .takingTurns: return takesTurns
        }
    }

    /// Whether the values come back in the same order again and again; "none" is one of them.
    private var takesTurns: Bool {
        let kinds = Set(values).count
        guard kinds > 1, values.count >= 2 * kinds, Set(values[..<kinds]).count == kinds else { return false }
        return (kinds..<values.count).allSatisfy { values[$0] == values[$0 - kinds] }
    }
}
