package import Imaging

extension CaseReport {
    /// The labels of a case.
    package struct Result: Codable, Sendable, Equatable {
        /// Whether no voxel has a label.
        package var isEmpty: Bool
        /// Every value of the mask that the model knows or that occurs, ascending; those not found have no voxels. In a model of regions the
        /// name says which regions a voxel with the value belongs to.
        package var labels: [Label]
        /// The regions in the order of dataset.json, each as the union of its values; nil for a model of exclusive labels.
        package var regions: [Region]?

        /// Counts from a survey of the label map, named by the model.
        ///
        /// - `ends`: which values reach the outermost slices.
        package init(
            _ survey: LabelSurvey, names: [Int: String], regions: [LabelRegion] = [], geometry: ImageGeometry, ends: ScanEnds
        ) {
            let counts = Dictionary(uniqueKeysWithValues: survey.labels.map { ($0.value, $0.voxelCount) })
            let values = Set(counts.keys).union(names.keys.filter { $0 > 0 }).sorted()
            let isMeasurable = geometry.dimension == 3 && geometry.voxelVolume.isFinite
            let millilitres = { (count: Int) in isMeasurable ? Double(count) * geometry.voxelVolume / 1000 : nil }
            labels = values.map { value in
                let count = counts[value] ?? 0
                return Label(
                    value: value, name: OverlayText.name(of: value, in: names), voxelCount: count, millilitres: millilitres(count),
                    reachedEnds: ends.reached(by: [value]))
            }
            self.regions =
                regions.isEmpty
                ? nil
                : regions.map { region in
                    let count = region.voxelCount(in: survey)
                    return Region(
                        name: region.name, values: region.values, voxelCount: count, millilitres: millilitres(count),
                        reachedEnds: ends.reached(by: region.values))
                }
            isEmpty = counts.isEmpty
        }

        enum CodingKeys: String, CodingKey {
            case isEmpty = "is_empty"
            case labels
            case regions
        }
    }

    /// One value of the mask.
    package struct Label: Codable, Sendable, Equatable {
        /// The value in the mask.
        package var value: Int
        /// The model's name for it.
        package var name: String
        /// How many voxels have it.
        package var voxelCount: Int
        /// Their volume; nil for a planar image.
        package var millilitres: Double?
        /// The ends of the scan whose outermost slice they reach; beyond it nothing is counted.
        package var reachedEnds: [AnatomicalDirection]

        enum CodingKeys: String, CodingKey {
            case value
            case name
            case voxelCount = "voxels"
            case millilitres
            case reachedEnds = "reaches_scan_end"
        }
    }

    /// One region of a result: the union of several of the mask's values.
    package struct Region: Codable, Sendable, Equatable {
        /// The model's name for it.
        package var name: String
        /// The values in the mask that belong to it; a value may belong to several regions.
        package var values: [Int]
        /// How many voxels have any of them.
        package var voxelCount: Int
        /// Their volume; nil for a planar image.
        package var millilitres: Double?
        /// The ends of the scan whose outermost slice they reach; beyond it nothing is counted.
        package var reachedEnds: [AnatomicalDirection]

        enum CodingKeys: String, CodingKey {
            case name
            case values
            case voxelCount = "voxels"
            case millilitres
            case reachedEnds = "reaches_scan_end"
        }
    }
}
