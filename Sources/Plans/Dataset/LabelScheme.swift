package import Files
import PythonFormats

/// What a model's output channels mean and which values it writes (nnU-Net's `LabelManager`).
package struct LabelScheme: Sendable, Hashable {
    /// Whether channels are overlapping regions (sigmoid) instead of exclusive labels (softmax).
    package let hasRegions: Bool
    /// All label values in ascending order, background included, `ignore` not.
    package let allLabels: [Int]
    /// `allLabels` without background; also the channels of a cascade's one-hot input.
    package let foregroundLabels: [Int]
    /// Regions mode: the label values of each region in the order of dataset.json; channel i is region i. Otherwise empty.
    package let foregroundRegions: [[Int]]
    /// Regions mode: the value written for each region, later ones over earlier ones. Otherwise empty.
    package let regionsClassOrder: [Int]
    /// The value that marks unlabelled voxels in training data; it has no channel.
    package let ignoreLabel: Int?
    /// The number of output channels: regions, or labels with background.
    package let headCount: Int
    /// What each written value means: its label, or all regions that a voxel with it belongs to. In labels mode the written value is the
    /// channel's index, as in nnU-Net, not the label's value.
    package let names: [Int: String]
    /// What the result consists of, in the order of dataset.json: labels, or regions as the unions that they are; no background.
    package let structures: [Structure]
    /// What is judged and postprocessed by itself: the regions in the order of dataset.json, or the labels ascending; no background.
    package let foreground: [DatasetDescription.LabelValue]
    /// What a user should know, such as label values with gaps.
    package let warnings: [String]

    /// Applies nnU-Net's rules to the labels of a dataset.
    ///
    /// - `path`: The dataset.json they are from, for errors only.
    /// - Throws: `Problem.mismatch` where nnU-Net would refuse the file, too.
    package init(_ dataset: DatasetDescription, path: String) throws(Problem) {
        try self.init(labels: dataset.labels, regionsClassOrder: dataset.regionsClassOrder, path: path)
    }

    /// Applies nnU-Net's rules to labels in the order of dataset.json.
    package init(labels: [DatasetDescription.Label], regionsClassOrder order: [Int]?, path: String) throws(Problem) {
        func refusal(_ item: String, _ expected: String, _ found: String) -> Problem {
            .mismatch(path: path, item: item, expected: expected, found: found, advice: "restore the dataset.json of the training")
        }
        let background = labels.first { $0.name == "background" }
        guard background?.value == .label(0) else {
            throw refusal("labels.background", "0", background.map { "\($0.value.values)" } ?? "no such label")
        }
        let used = labels.filter { $0.name != "ignore" }
        allLabels = Set(used.flatMap(\.value.values)).sorted()
        foregroundLabels = allLabels.filter { $0 != 0 }
        hasRegions = labels.contains { if case .region(let values) = $0.value { values.count > 1 } else { false } }
        ignoreLabel = try Self.ignoreLabel(labels, highest: allLabels.last ?? 0, refusal: refusal)

        let channels =
            hasRegions ? try Channels(regions: used, written: order, refusal: refusal) : Channels(labels: used, values: allLabels)
        foregroundRegions = channels.regions
        regionsClassOrder = channels.written
        headCount = channels.count
        names = channels.names
        structures = channels.structures
        foreground = channels.foreground
        warnings = channels.warnings
    }

    private static func ignoreLabel(
        _ labels: [DatasetDescription.Label], highest: Int, refusal: (String, String, String) -> Problem
    ) throws(Problem) -> Int? {
        guard let entry = labels.first(where: { $0.name == "ignore" }) else { return nil }
        guard case .label(highest + 1) = entry.value else {
            throw refusal("labels.ignore", "\(highest + 1), one above the highest label", "\(entry.value.values)")
        }
        return highest + 1
    }
}
