/// A region as people know it: a name, and the label map's values that make it up together.
package struct LabelRegion: Sendable, Equatable {
    /// Its name.
    package let name: String
    /// The values that belong to it, ascending.
    package let values: [Int]

    /// Joins a name and its values.
    package init(name: String, values: [Int]) {
        self.name = name
        self.values = values
    }

    /// The voxels of all its values.
    func voxelCount(in survey: LabelSurvey) -> Int {
        survey.labels.reduce(0) { $0 + (values.contains($1.value) ? $1.voxelCount : 0) }
    }
}
