public import Imaging

extension CaseReport {
    /// The labels of a case.
    public struct Result: Codable, Sendable, Equatable {
        /// Whether no voxel has a label.
        public var isEmpty: Bool
        /// Every label that the model knows or that occurs, ascending by value; those not found have no voxels.
        public var labels: [Label]

        /// Counts from a survey of the label map, named by the model.
        public init(_ survey: LabelSurvey, names: [Int: String], geometry: ImageGeometry) {
            let counts = Dictionary(uniqueKeysWithValues: survey.labels.map { ($0.value, $0.voxelCount) })
            let values = Set(counts.keys).union(names.keys.filter { $0 > 0 }).sorted()
            let isMeasurable = geometry.dimension == 3 && geometry.voxelVolume.isFinite
            labels = values.map { value in
                let count = counts[value] ?? 0
                return Label(
                    value: value, name: OverlayText.name(of: value, in: names), voxelCount: count,
                    millilitres: isMeasurable ? Double(count) * geometry.voxelVolume / 1000 : nil)
            }
            isEmpty = counts.isEmpty
        }

        enum CodingKeys: String, CodingKey {
            case isEmpty = "is_empty"
            case labels
        }
    }

    /// One label of a result.
    public struct Label: Codable, Sendable, Equatable {
        /// The value in the mask.
        public var value: Int
        /// The model's name for it.
        public var name: String
        /// How many voxels have it.
        public var voxelCount: Int
        /// Their volume; nil for a planar image.
        public var millilitres: Double?

        enum CodingKeys: String, CodingKey {
            case value
            case name
            case voxelCount = "voxels"
            case millilitres
        }
    }
}
