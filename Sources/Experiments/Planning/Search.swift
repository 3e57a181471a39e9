import Files
import Foundation

/// The search for the largest patch that can be trained in the memory there is.
struct Search {
    let preset: PlannerPreset
    /// GB.
    let memoryTarget: Double
    /// Entries of `labels` in dataset.json.
    let labelCount: Int

    /// Plans one configuration.
    ///
    /// - Parameters:
    ///   - grid: the median case.
    ///   - datasetVoxels: of the whole data set.
    /// - Throws: `Problem` where the network would have more stages than upstream's lists.
    /// - Returns: the configuration.
    func configuration(_ grid: Grid, datasetVoxels: Double) throws(Problem) -> PlannedConfiguration {
        var network = try network(grid, patch: firstPatch(grid))
        var size = network.featureMapSize(labelCount: labelCount)
        let axisCount = grid.spacing.count
        let allowed = preset.referenceSize(axisCount: axisCount) * (memoryTarget / preset.memoryTarget)
        let referenceBatch = axisCount == 2 ? 12.0 : 2.0
        while (preset.family == .plain ? size / referenceBatch * 2 : size) > allowed {
            network = try smaller(network, grid)
            size = network.featureMapSize(labelCount: labelCount)
        }
        let voxels = network.topology.patch.reduce(1) { $0 * Double($1) }
        let batch = min(pythonRound(allowed / size * referenceBatch), pythonRound(datasetVoxels * preset.coveredPart / voxels))
        return PlannedConfiguration(
            spacing: grid.spacing, medianShape: grid.shape, network: network, batchSize: Int(max(batch, 2)), featureMapSize: size)
    }

    /// A configuration of coarser voxels, where the patch of the full resolution sees too little of a case; nil where it is not needed.
    func lowResolution(below full: PlannedConfiguration, caseCount: Double) throws(Problem) -> PlannedConfiguration? {
        var (spacing, medianVoxels, patchVoxels) = (full.spacing, full.medianVoxels, full.patchVoxels)
        var low: PlannedConfiguration?
        while patchVoxels / medianVoxels < 0.25 {
            let coarsest = spacing.max() ?? 0
            let finer = spacing.indices.filter { coarsest / spacing[$0] > 2 }
            for axis in finer.isEmpty ? Array(spacing.indices) : finer { spacing[axis] *= 1.03 }
            let shape = spacing.indices.map { full.spacing[$0] / spacing[$0] * full.medianShape[$0] }
            medianVoxels = shape.reduce(1, *)
            let found = try configuration(
                Grid(spacing: spacing, shape: shape.map(pythonRound)), datasetVoxels: medianVoxels * caseCount)
            (low, patchVoxels) = (found, found.patchVoxels)
        }
        return full.medianVoxels / medianVoxels < 2 ? nil : low
    }

    /// As many millimetres along every axis as 256³ or 2048² voxels, but not more than the median case has.
    private func firstPatch(_ grid: Grid) -> [Double] {
        let resolution = grid.spacing.map { 1 / $0 }
        let voxels: Double = grid.spacing.count == 2 ? 2048 * 2048 : 256 * 256 * 256
        let scale = pow(voxels / resolution.reduce(1, *), 1 / Double(grid.spacing.count))
        return zip(resolution, grid.shape).map { min(pythonRound($0 * scale), $1) }
    }

    /// The patch cut by the least step along the axis that sees most of the median case.
    private func smaller(_ network: PlannedNetwork, _ grid: Grid) throws(Problem) -> PlannedNetwork {
        var patch = network.topology.patch.map(Double.init)
        let parts = zip(patch, grid.shape).map { $0 / $1 }
        // Of equal ones the last.
        let axis = parts.indices.reduce(0) { parts[$1] >= parts[$0] ? $1 : $0 }
        var trial = patch
        trial[axis] -= Double(network.topology.divisors[axis])
        // A smaller patch may be pooled less often, and then be cut by less.
        patch[axis] -= Double(NetworkTopology(spacing: grid.spacing, patch: trial).divisors[axis])
        return try self.network(grid, patch: patch)
    }

    private func network(_ grid: Grid, patch: [Double]) throws(Problem) -> PlannedNetwork {
        let network = PlannedNetwork(family: preset.family, topology: NetworkTopology(spacing: grid.spacing, patch: patch))
        let stages = network.topology.strides.count
        guard stages <= preset.family.mostStages else {
            throw .unplannable(
                reason: "a patch of \(network.topology.patch) voxels would take \(stages) stages, \(preset.family.mostStages) at most")
        }
        guard patch.allSatisfy({ $0 > 0 }) else {
            throw .unplannable(reason: "no patch with spacing \(grid.spacing) mm fits into the memory of \(memoryTarget) GB")
        }
        return network
    }
}

extension Problem {
    /// A data set that no network can be planned for.
    static func unplannable(reason: String) -> Problem {
        Problem(.unsupported, of: .input, reason, advice: "look at the spacings and shapes in dataset_fingerprint.json")
    }
}
