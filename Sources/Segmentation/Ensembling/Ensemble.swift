package import Files
package import Plans
import Preprocessing
package import Tensors

/// The labels of probabilities that are there already, for example read from `.npz` files: their average in the given order, then the
/// highest (`nnUNetv2_ensemble`).
///
/// - Parameters:
///   - probabilities: (head, z, y, x) each.
///   - alignments: how each one's channels and axes lie in the first's; nil where all are the same.
///   - labels: those of the first model.
///   - keepProbabilities: whether the average is returned, too (`--save_npz`).
///   - team: does the work.
/// - Returns: labels in reader order, and the average where it is kept.
/// - Throws: `Problem` for probabilities that are not of one shape or don't fit the labels.
package func ensembleLabels(
    averaging probabilities: [ProbabilityMap], alignments: [MemberAlignment]? = nil, labels: LabelScheme, keepProbabilities: Bool = false,
    team: ThreadTeam
) throws(Problem) -> ExportedCase {
    guard let first = probabilities.first else { throw .differentModels(reason: "there is none") }
    let shape = first.values.shape
    guard shape.count == 4, shape[0] == labels.headCount else {
        throw .differentModels(reason: "the probabilities have the shape \(shape), dataset.json asks for \(labels.headCount) channels")
    }
    var averaged: [ProbabilityAverage.Member] = []
    for (map, alignment) in zip(probabilities, try checked(alignments, count: probabilities.count, channelCount: labels.headCount)) {
        let found = map.values.shape
        guard found.count == 4, [found[0]] + alignment.shape(of: Array(found[1...])) == shape else {
            throw .shapeMismatch(what: "an array of probabilities", expected: shape, found: found)
        }
        averaged.append(.init(source: .array(map), alignment: alignment))
    }
    return try ProbabilityAverage(
        members: averaged, readerShape: Array(shape[1...]), rule: ChannelRule(labels, wrapsAt256: false), team: team
    ).export(keepProbabilities: keepProbabilities)
}

/// One alignment for each member, each of as many channels as the first model has.
func checked(_ alignments: [MemberAlignment]?, count: Int, channelCount: Int) throws(Problem) -> [MemberAlignment] {
    guard let alignments else { return Array(repeating: .identity(channelCount: channelCount), count: count) }
    precondition(alignments.count == count)
    guard alignments.allSatisfy({ $0.channels.count == channelCount }) else {
        throw .differentModels(reason: "their labels differ; every dataset.json must name the same ones")
    }
    return alignments
}
