extension LabelScheme {
    /// One thing that a result consists of: a label, or a region as the union of the mask's values that belong to it.
    package struct Structure: Sendable, Hashable {
        /// Its name in dataset.json.
        package let name: String
        /// The mask's values that belong to it, ascending.
        package let values: [Int]

        /// Joins a name and its values.
        package init(name: String, values: [Int]) {
            self.name = name
            self.values = values
        }
    }
}

/// What the values of a region model's mask mean. nnU-Net paints one value per region, later regions over earlier ones, so a voxel with the
/// value of an inner region belongs to the outer ones, too.
package struct RegionUnion {
    package let names: [String]
    /// The label values of each region.
    package let labels: [Set<Int>]
    /// The value that is painted for each region.
    package let written: [Int]

    package init(names: [String], labels: [[Int]], written: [Int]) {
        self.names = names
        self.labels = labels.map { Set($0) }
        self.written = written
    }

    /// Whether each region is painted with one of its own labels, so that the mask's values are label values.
    private var writesLabels: Bool { written.indices.allSatisfy { labels[$0].contains(written[$0]) } }

    /// Every region with the painted values that belong to it: those among its labels, as dataset.json defines it. Where the painted values
    /// are no labels, those of the regions that lie within it.
    package var structures: [LabelScheme.Structure] {
        names.indices.map { region in
            let values = written.indices.filter { other in
                writesLabels ? labels[region].contains(written[other]) : other == region || isInner(other, of: region)
            }.map { written[$0] }
            return LabelScheme.Structure(name: names[region], values: Set(values).filter { $0 != 0 }.sorted())
        }
    }

    private func isInner(_ other: Int, of region: Int) -> Bool {
        !labels[other].isEmpty && labels[other].isSubset(of: labels[region])
    }

    /// All regions that a voxel of a value belongs to; `only` where the one region has other values, too.
    package var valueNames: [Int: String] {
        let structures = structures
        var result = [0: "background"]
        for value in Set(written) where value != 0 {
            let regions = structures.filter { $0.values.contains(value) }
            let isPart = regions.count == 1 && regions[0].values.count > 1
            result[value] = regions.map(\.name).joined(separator: " + ") + (isPart ? " only" : "")
        }
        return result
    }

    /// What keeps the mask from showing every region as the network saw it.
    package var warnings: [String] {
        var texts: [String] = []
        for region in written.indices where !labels[region].contains(written[region]) {
            texts.append(
                "regions_class_order gives the region \(names[region]) the value \(written[region]), which is none of its labels"
                    + " \(labels[region].sorted()); the mask's values are those of regions_class_order, as nnU-Net writes them")
        }
        for region in written.indices where written[region] > 255 {
            texts.append(
                "the region \(names[region]) has the value \(written[region]); nnU-Net keeps only its remainder by 256 in most masks")
        }
        for later in written.indices {
            for earlier in 0..<later where !labels[earlier].isDisjoint(with: labels[later]) && labels[earlier] != labels[later] {
                if labels[earlier].isSubset(of: labels[later]) {
                    texts.append("the region \(names[later]) is written over \(names[earlier]), which lies within it and so never shows")
                } else if !labels[later].isSubset(of: labels[earlier]) {
                    texts.append(
                        "the regions \(names[earlier]) and \(names[later]) overlap, and where both are the mask can only show the latter:"
                            + " volumes of both are approximate")
                }
            }
        }
        return texts
    }
}
