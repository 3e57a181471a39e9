package import Files
package import Plans
import PythonFormats

/// Decides spacing, patch, batch and network of every configuration from a data set's fingerprint, as nnU-Net's planners do.
package struct ExperimentPlanner: Sendable {
    /// Whose rules and numbers count.
    package let preset: PlannerPreset
    /// What the plans are called.
    package var plansName: String
    /// The graphics memory that training is planned for, GB.
    package var memoryTarget: Double
    /// The class that prepares the data.
    package var preprocessorName = "DefaultPreprocessor"
    /// The full resolution, mm along the files' axes; nil for what the data set suggests.
    package var targetSpacing: [Double]?

    /// A planner as it is where nothing is said.
    package init(_ preset: PlannerPreset = .standard) {
        self.preset = preset
        (plansName, memoryTarget) = (preset.plansName, preset.memoryTarget)
    }

    /// Plans a data set.
    ///
    /// - Parameters:
    ///   - dataset: its description.
    ///   - path: where that was read, for errors.
    ///   - name: its name, `DatasetXXX_Name`.
    ///   - fingerprint: its fingerprint.
    ///   - reader: the class that reads its files.
    /// - Throws: `Problem` for a data set without `numTraining`, or one whose images are beyond any network.
    /// - Returns: every configuration.
    package func plan(
        _ dataset: DatasetDescription, at path: String, name: String, fingerprint: DatasetFingerprint, reader: String
    ) throws(Problem) -> ExperimentPlans {
        let file = JSONField(file: path, value: dataset.json)
        let caseCount = try file.required("numTraining").finite()
        let labelCount = try file.required("labels").members().count
        let spacing = targetSpacing ?? suggestedSpacing(fingerprint)
        let coarsest = firstMaximum(spacing)
        let forward = [coarsest] + (0..<3).filter { $0 != coarsest }
        let shapes = zip(fingerprint.spacings, fingerprint.shapesAfterCrop).map { own, shape in
            (0..<3).map { pythonRound(own[$0] / spacing[$0] * Double(shape[$0])) }
        }
        let medianShape = columns(shapes, median)
        let grid = Grid(spacing: forward.map { spacing[$0] }, shape: forward.map { medianShape[$0] })
        let search = Search(preset: preset, memoryTarget: memoryTarget, labelCount: labelCount)
        let planar = try search.configuration(grid.dropFirst(), datasetVoxels: grid.voxels * caseCount)
        var volumes: (full: PlannedConfiguration, low: PlannedConfiguration?)?
        if grid.shape[0] != 1 {
            let full = try search.configuration(grid, datasetVoxels: grid.voxels * caseCount)
            volumes = (full, try search.lowResolution(below: full, caseCount: caseCount))
        }
        return ExperimentPlans(
            planner: self, dataset: dataset, datasetName: name, fingerprint: fingerprint, reader: reader, transposeForward: forward,
            configurations: .init(planar: planar, full: volumes?.full, low: volumes?.low))
    }

    /// The median of the spacings; of a coarse axis with few slices the tenth percentile, but not finer than the others.
    private func suggestedSpacing(_ fingerprint: DatasetFingerprint) -> [Double] {
        var target = columns(fingerprint.spacings) { percentile($0, 50) }
        let sizes = columns(fingerprint.shapesAfterCrop.map { $0.map(Double.init) }) { percentile($0, 50) }
        let coarsest = firstMaximum(target)
        let others = (0..<3).filter { $0 != coarsest }
        let finest = others.map { target[$0] }.max() ?? 0
        let shortest = others.map { sizes[$0] }.min() ?? 0
        guard target[coarsest] > 3 * finest, sizes[coarsest] * 3 < shortest else { return target }
        let tenth = percentile(fingerprint.spacings.map { $0[coarsest] }, 10)
        target[coarsest] = tenth < finest ? max(finest, tenth) + 1e-5 : tenth
        return target
    }

    private func firstMaximum(_ values: [Double]) -> Int {
        values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
    }
}

/// The median case at a spacing, along the network's axes.
struct Grid {
    let spacing: [Double]
    let shape: [Double]

    var voxels: Double { shape.reduce(1, *) }

    /// Without the first axis, as planar networks see it.
    func dropFirst() -> Grid { Grid(spacing: Array(spacing.dropFirst()), shape: Array(shape.dropFirst())) }
}
