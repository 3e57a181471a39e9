package import Files
package import PythonFormats

/// What a model's `dataset.json` says: channels, labels and the file ending.
///
/// Whatever nnU-Net's inference converts or never reads does not keep a model from running: every other key is passed over, whatever it holds.
package struct DatasetDescription: Sendable, Hashable {
    /// The names of the image channels in their order (`_0000`, `_0001` …).
    package let channelNames: [String]
    /// Every label with its value in the order of the file, `background` and `ignore` included.
    package let labels: [Label]
    /// The value to write for each region, in the order of the regions; nil without the key, and where no label is a region of several
    /// values, since nobody reads it then.
    package let regionsClassOrder: [Int]?
    /// The ending of image and segmentation files, dot included, as in `.nii.gz`.
    package let fileEnding: String
    /// The whole file, for writing it again.
    package let json: OrderedJSON

    /// The class that reads and writes the files where the data set says it (`overwrite_image_reader_writer`); nil where it doesn't.
    package var readerWriterName: String? {
        let name = json["overwrite_image_reader_writer"]?.string
        return name == "None" ? nil : name
    }

    /// One entry of `labels`.
    package struct Label: Sendable, Hashable {
        /// Its name.
        package let name: String
        /// The voxels that belong to it.
        package let value: LabelValue

        /// Joins name and value.
        package init(name: String, value: LabelValue) {
            self.name = name
            self.value = value
        }
    }

    /// What a name in `labels` stands for.
    package enum LabelValue: Sendable, Hashable {
        /// One label value.
        case label(Int)
        /// The union of label values; nnU-Net calls it a region when it has more than one.
        case region([Int])

        /// The label values, one or several.
        package var values: [Int] {
            switch self {
            case .label(let value): [value]
            case .region(let values): values
            }
        }

        /// Its key in nnU-Net's reports, as Python prints it: `4`, `(1, 2, 3)`, `(3,)`.
        package var reportKey: String {
            switch self {
            case .label(let value): String(value)
            case .region(let values): "(" + values.map(String.init).joined(separator: ", ") + (values.count == 1 ? ",)" : ")")
            }
        }
    }

    /// Reads `dataset.json`.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - needsChannels: whether channels must be there; without them there are none.
    /// - Throws: `Problem` that names the file and the key.
    package init(contentsOf path: String, needsChannels: Bool = true) throws(Problem) {
        try self.init(json: OrderedJSON(contentsOf: path), path: path, needsChannels: needsChannels)
    }

    /// Takes the description from the parsed file.
    ///
    /// - Parameters:
    ///   - json: the file.
    ///   - path: For errors only.
    ///   - needsChannels: whether channels must be there; without them there are none.
    /// - Throws: `Problem` that names the file and the key.
    package init(json: OrderedJSON, path: String, needsChannels: Bool = true) throws(Problem) {
        let file = JSONField(file: path, value: json)
        guard json.members != nil else { throw file.failure(expected: "an object") }
        self.json = json
        let hasChannels = needsChannels || json["modality"] != nil || json["channel_names"] != nil
        channelNames = hasChannels ? try Self.channelNames(file.required("modality", or: "channel_names")) : []
        var labels: [Label] = []
        for (name, field) in try file.required("labels").members() {
            // `"ignore": null` is no ignore label (`LabelManager._determine_ignore_label`).
            if name == "ignore", field.value == .null { continue }
            labels.append(Label(name: name, value: try Self.labelValue(field, isIgnore: name == "ignore")))
        }
        self.labels = labels
        regionsClassOrder = labels.contains { $0.value.values.count > 1 } ? try Self.order(file.present("regions_class_order")) : nil
        let ending = try file.required("file_ending")
        fileEnding = try ending.string()
        guard fileEnding.hasPrefix("."), !fileEnding.contains("/"), fileEnding.utf8.count > 1 else {
            throw ending.failure(expected: "an ending such as .nii.gz")
        }
    }

    /// nnU-Net uses the number of channels only (Python's `len`); the names are for people. `modality` wins where both keys are there.
    private static func channelNames(_ field: JSONField) throws(Problem) -> [String] {
        let entries: [(key: String, field: JSONField)]
        if field.value.elements != nil {
            entries = try field.elements().enumerated().map { (String($0.offset), $0.element) }
        } else if let text = field.value.string {
            // Python counts the letters of a bare text.
            entries = (0..<text.unicodeScalars.count).map { (String($0), JSONField(file: field.file, name: field.name, value: .null)) }
        } else {
            entries = try field.members()
        }
        guard !entries.isEmpty else { throw field.failure(expected: "at least one channel") }
        let ordered = entries.enumerated().sorted { (Int($0.element.key) ?? $0.offset) < (Int($1.element.key) ?? $1.offset) }
        return ordered.map { $0.element.field.value.string ?? "channel \($0.element.key)" }
    }

    /// - `isIgnore`: nnU-Net converts every value but that of the ignore label, which must be an integer.
    private static func labelValue(_ field: JSONField, isIgnore: Bool) throws(Problem) -> LabelValue {
        guard field.value.elements != nil else { return .label(isIgnore ? try field.integer() : try labelNumber(field)) }
        var values: [Int] = []
        for element in try field.elements() { values.append(try labelNumber(element)) }
        return .region(values)
    }

    private static func labelNumber(_ field: JSONField) throws(Problem) -> Int {
        guard let number = field.convertedInteger, 0...Int(UInt16.max) ~= number else {
            throw field.failure(
                expected: "a label value from 0 to 65535",
                advice: "labels map a name to a number; files of nnU-Net version 1 have them the other way round")
        }
        return number
    }

    /// The values are assigned to an int16 tensor, which takes numbers and flags and cuts off fractions, but takes no text.
    private static func order(_ field: JSONField?) throws(Problem) -> [Int]? {
        guard let field else { return nil }
        var values: [Int] = []
        for element in try field.elements() {
            guard element.value.string == nil, let value = element.convertedInteger, 0...Int(Int16.max) ~= value else {
                throw element.failure(expected: "a value from 0 to 32767")
            }
            values.append(value)
        }
        return values
    }
}
