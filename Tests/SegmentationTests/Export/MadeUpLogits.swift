import Plans
import Preprocessing
import Segmentation
import Tensors
import TestSupport
import Testing

/// Logits of a made-up case: noise, or given values.
struct MadeUpLogits {
    var heads = 3
    /// (z, y, x) of the network.
    var network = [4, 5, 6]
    /// The cropped case; nil for the network's shape.
    var cropped: [Int]?
    /// Where the crop lies in the case, and the case's shape beyond it.
    var margin = (below: [0, 0, 0], above: [0, 0, 0])
    var spacing: [Double] = [1, 1, 1]
    var networkSpacing: [Double] = [1, 1, 1]
    var forward = [0, 1, 2]
    var backward = [0, 1, 2]
    var resampling = ResamplingFunction(kind: .spline, order: 1)
    var labels: LabelScheme?
    var values: [Float]?
    var seed: UInt32 = 1
    /// Of the logits' layout.
    var outerAxis = 0

    func make() throws -> Logits {
        let count = heads * network.reduce(1, *)
        let size = cropped ?? network
        let box = (0..<3).map { margin.below[$0]..<margin.below[$0] + size[$0] }
        let shape = (0..<3).map { box[$0].upperBound + margin.above[$0] }
        return try Logits(
            values: try #require(
                LogitVolume(shape: [heads] + network, values: values ?? noise(count, seed: seed), outerAxis: outerAxis)),
            properties: CaseProperties(spacing: spacing, shapeBeforeCropping: shape, boundingBox: box),
            model: ModelFacts(
                plans: try Models.plans(forward: forward, backward: backward),
                configuration: Models.configuration(spacing: networkSpacing, probabilities: resampling),
                labels: try labels ?? Models.plainLabels(heads)))
    }
}

/// The label map of logits that are all there, which it takes.
func exportLabels(_ logits: Logits, team: ThreadTeam) throws -> LabelArray {
    var export = try LabelExport(logits, team: team)
    try export.take(logits.allRows)
    return export.labels()
}

/// The probabilities of logits that are all there, which it takes.
func exportProbabilities(_ logits: Logits, team: ThreadTeam) throws -> ExportedCase {
    try ensembleLabels([logits], keepProbabilities: true, team: team)
}

/// The average of logits that are all there, which it takes.
func ensembleLabels(
    _ members: [Logits], alignments: [MemberAlignment]? = nil, keepProbabilities: Bool = false, team: ThreadTeam
) throws -> ExportedCase {
    var export = try EnsembleExport(members, alignments: alignments, keepProbabilities: keepProbabilities, team: team)
    while let next = export.next { try export.take(members[next].allRows, of: next) }
    return export.exported()
}

/// Values from −8 to 8.
func noise(_ count: Int, seed: UInt32) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return Float(state >> 8) / Float(1 << 24) * 16 - 8
    }
}

/// The first index of the highest value of each voxel; `values` is (head, voxel).
func argmax(_ values: [Float], heads: Int) -> [UInt16] {
    let count = values.count / heads
    return (0..<count).map { voxel in
        UInt16((1..<heads).reduce(0) { values[$1 * count + voxel] > values[$0 * count + voxel] ? $1 : $0 })
    }
}
