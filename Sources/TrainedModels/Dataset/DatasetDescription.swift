/// What a model's `dataset.json` says: channels, labels and the file ending.
public struct DatasetDescription: Sendable, Hashable {
    /// The names of the image channels in their order (`_0000`, `_0001` …).
    public let channelNames: [String]
    /// Every label with its value in the order of the file, `background` and `ignore` included.
    public let labels: [Label]
    /// The value to write for each region, in the order of the regions; nil without the key.
    public let regionsClassOrder: [Int]?
    /// The ending of image and segmentation files, dot included, as in `.nii.gz`.
    public let fileEnding: String
    /// The whole file, for writing it again.
    public let json: OrderedJSON

    /// One entry of `labels`.
    public struct Label: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// The voxels that belong to it.
        public let value: LabelValue

        /// Joins name and value.
        public init(name: String, value: LabelValue) {
            self.name = name
            self.value = value
        }
    }

    /// What a name in `labels` stands for.
    public enum LabelValue: Sendable, Hashable {
        /// One label value.
        case label(Int)
        /// The union of label values; nnU-Net calls it a region when it has more than one.
        case region([Int])

        /// The label values, one or several.
        public var values: [Int] {
            switch self {
            case .label(let value): [value]
            case .region(let values): values
            }
        }
    }

    /// Reads `dataset.json`.
    /// - Throws: `ModelError` that names the file and the key.
    public init(contentsOf path: String) throws(ModelError) {
        try self.init(json: OrderedJSON(contentsOf: path), path: path)
    }

    /// Takes the description from the parsed file.
    /// - path: For errors only.
    public init(json: OrderedJSON, path: String) throws(ModelError) {
        let file = JSONField(file: path, value: json)
        guard json.members != nil else { throw file.failure(expected: "an object") }
        self.json = json
        channelNames = try Self.channelNames(file.required("modality", or: "channel_names"))
        var labels: [Label] = []
        for (name, field) in try file.required("labels").members() {
            labels.append(Label(name: name, value: try Self.labelValue(field)))
        }
        self.labels = labels
        regionsClassOrder = try file.present("regions_class_order")?.integers()
        let ending = try file.required("file_ending")
        fileEnding = try ending.string()
        guard fileEnding.hasPrefix("."), !fileEnding.contains("/"), fileEnding.utf8.count > 1 else {
            throw ending.failure(expected: "an ending such as .nii.gz")
        }
    }

    /// nnU-Net uses the number of channels only; the names are for people. `modality` wins where both keys are there, as upstream.
    private static func channelNames(_ field: JSONField) throws(ModelError) -> [String] {
        let entries: [(key: String, field: JSONField)]
        if field.value.elements != nil {
            entries = try field.elements().enumerated().map { (String($0.offset), $0.element) }
        } else {
            entries = try field.members()
        }
        guard !entries.isEmpty else { throw field.failure(expected: "at least one channel") }
        let ordered = entries.enumerated().sorted { (Int($0.element.key) ?? $0.offset) < (Int($1.element.key) ?? $1.offset) }
        return ordered.map { $0.element.field.value.string ?? "channel \($0.element.key)" }
    }

    private static func labelValue(_ field: JSONField) throws(ModelError) -> LabelValue {
        guard field.value.elements != nil else { return .label(try labelNumber(field)) }
        var values: [Int] = []
        for element in try field.elements() { values.append(try labelNumber(element)) }
        guard !values.isEmpty else { throw field.failure(expected: "at least one label value") }
        return .region(values)
    }

    private static func labelNumber(_ field: JSONField) throws(ModelError) -> Int {
        // Python's int() also takes 1.0 for 1.
        guard let number = field.value.integer ?? field.value.double.flatMap({ Int(exactly: $0) }), 0...Int(UInt16.max) ~= number else {
            throw field.failure(
                expected: "a label value from 0 to 65535",
                advice: "Labels map a name to a number; files of nnU-Net version 1 have them the other way round.")
        }
        return number
    }
}
