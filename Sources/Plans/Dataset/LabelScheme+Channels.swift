import Files

extension LabelScheme {
    /// What the output channels are, and what is written for them; its members are the scheme's.
    struct Channels {
        var regions: [[Int]] = []
        var written: [Int] = []
        let count: Int
        let names: [Int: String]
        let structures: [Structure]
        let foreground: [DatasetDescription.LabelValue]
        let warnings: [String]

        /// One channel for each label value, background included; the value written is the channel's index.
        init(labels: [DatasetDescription.Label], values: [Int]) {
            count = values.count
            let names = Dictionary(
                uniqueKeysWithValues: values.enumerated().map { index, value in
                    (index, labels.first { $0.value.values == [value] }?.name ?? "label \(value)")
                })
            self.names = names
            structures = names.sorted { $0.key < $1.key }.filter { $0.key != 0 }.map { Structure(name: $0.value, values: [$0.key]) }
            foreground = values.filter { $0 != 0 }.map { .label($0) }
            warnings =
                values == Array(values.indices)
                ? [] : ["the label values \(values) have gaps; like nnU-Net, the values written are 0 to \(values.count - 1)"]
        }

        /// One channel for each region that is more than background, and the value that dataset.json has written for it.
        init(
            regions labels: [DatasetDescription.Label], written order: [Int]?, refusal: (String, String, String) -> Problem
        ) throws(Problem) {
            // An empty list is a region without labels to nnU-Net, with a channel of its own.
            let labels = labels.filter { label in
                if case .region(let values) = label.value, values.isEmpty { true } else { label.value.values.contains { $0 != 0 } }
            }
            guard let order else { throw refusal("regions_class_order", "\(labels.count) values", "no such key") }
            guard order.count == labels.count else {
                throw refusal("regions_class_order", "\(labels.count) values, one per region", "\(order)")
            }
            regions = labels.map(\.value.values)
            written = order
            count = labels.count
            let union = RegionUnion(names: labels.map(\.name), labels: regions, written: order)
            structures = union.structures
            names = union.valueNames
            foreground = labels.map(\.value)
            warnings = union.warnings
        }
    }
}
