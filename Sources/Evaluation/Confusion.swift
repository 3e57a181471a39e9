/// How two maps share the voxels of one label or region, and nnU-Net's figures of it.
package struct Confusion: Sendable, Hashable {
    /// Voxels in both.
    package var truePositives = 0
    /// Voxels in the prediction alone.
    package var falsePositives = 0
    /// Voxels in the reference alone.
    package var falseNegatives = 0
    /// Voxels in neither.
    package var trueNegatives = 0

    /// No voxel at all.
    package init() {}

    /// A figure of `summary.json` by its key there.
    ///
    /// Dice is 2·TP / (2·TP + FP + FN) and IoU is TP / (TP + FP + FN), both NaN where neither map has the label; the others are voxels.
    package subscript(metric: Metric) -> Double {
        let (both, either) = (Double(truePositives), Double(truePositives + falsePositives + falseNegatives))
        return switch metric {
        case .dice: either == 0 ? .nan : 2 * both / (either + both)
        case .intersectionOverUnion: either == 0 ? .nan : both / either
        default: Double(count(of: metric) ?? 0)
        }
    }

    /// The voxels that a figure is a number of; nil for those that are quotients.
    func count(of metric: Metric) -> Int? {
        switch metric {
        case .dice, .intersectionOverUnion: nil
        case .falseNegatives: falseNegatives
        case .falsePositives: falsePositives
        case .trueNegatives: trueNegatives
        case .truePositives: truePositives
        case .predicted: truePositives + falsePositives
        case .referenced: truePositives + falseNegatives
        }
    }

    /// nnU-Net's figures, by their keys in `summary.json` and in their order there.
    package enum Metric: String, Sendable, CaseIterable {
        case dice = "Dice"
        case falseNegatives = "FN"
        case falsePositives = "FP"
        case intersectionOverUnion = "IoU"
        case trueNegatives = "TN"
        case truePositives = "TP"
        case predicted = "n_pred"
        case referenced = "n_ref"
    }
}
