public import Tensors
public import TrainedModels

/// The labels of several models together: the average of their probabilities in the order of the models, then the highest
/// (`nnUNetv2_ensemble`), computed block by block in image space, so no member's probabilities exist as a whole.
///
/// - Parameters:
///   - members: one model's logits each, of the same image; the first one's labels count.
///   - keepProbabilities: whether the average is returned, too.
public func ensembleLabels(
    _ members: [Logits], keepProbabilities: Bool = false, team: ThreadTeam
) throws(SegmentationError) -> ExportedCase {
    guard let first = members.first else { throw .differentModels(reason: "there is none") }
    let (shape, labels) = (first.view.readerShape, first.model.labels)
    var sources: [ProbabilityAverage.Source] = []
    for member in members {
        guard member.view.readerShape == shape else {
            throw .shapeMismatch(what: "a model's prediction", expected: shape, found: member.view.readerShape)
        }
        guard member.model.labels.headCount == labels.headCount, member.model.labels.hasRegions == labels.hasRegions else {
            throw .differentModels(reason: "their labels differ; every dataset.json must name the same ones")
        }
        sources.append(.model(try ProbabilitySampler(member, team: team)))
    }
    return try ProbabilityAverage(sources: sources, readerShape: shape, rule: ChannelRule(labels, wrapsAt256: false), team: team)
        .export(keepProbabilities: keepProbabilities)
}

/// The labels of probabilities that are there already, for example read from `.npz` files: their average in the given order, then the
/// highest (`nnUNetv2_ensemble`).
///
/// - Parameters:
///   - probabilities: (head, z, y, x) each, equal shapes.
///   - labels: those of the first model.
///   - keepProbabilities: whether the average is returned, too (`--save_npz`).
public func ensembleLabels(
    averaging probabilities: [ProbabilityMap], labels: LabelScheme, keepProbabilities: Bool = false, team: ThreadTeam
) throws(SegmentationError) -> ExportedCase {
    guard let first = probabilities.first else { throw .differentModels(reason: "there is none") }
    let shape = first.values.shape
    guard shape.count == 4, shape[0] == labels.headCount else {
        throw .differentModels(reason: "the probabilities have the shape \(shape), dataset.json asks for \(labels.headCount) channels")
    }
    for map in probabilities where map.values.shape != shape {
        throw .shapeMismatch(what: "an array of probabilities", expected: shape, found: map.values.shape)
    }
    let average = ProbabilityAverage(
        sources: probabilities.map { .array($0) }, readerShape: Array(shape[1...]), rule: ChannelRule(labels, wrapsAt256: false), team: team
    )
    return try average.export(keepProbabilities: keepProbabilities)
}
