package import Files
import Preprocessing
package import Tensors

/// Probabilities and labels of a case from its logits, as nnU-Net makes them under `--save_probabilities`.
///
/// Softmax (sigmoid for regions) of the resampled logits on the reader's grid; outside the nonzero box the first label has probability 1,
/// regions have 0. The labels are those of the highest probability.
package func exportProbabilities(_ logits: Logits, team: ThreadTeam) throws(Problem) -> ExportedCase {
    let sampler = try ProbabilitySampler(logits, team: team)
    let average = ProbabilityAverage(
        members: [.init(source: .model(sampler), alignment: .identity(channelCount: logits.model.labels.headCount))],
        readerShape: logits.view.readerShape, rule: ChannelRule(logits.model.labels, wrapsAt256: true), team: team)
    return try average.export(keepProbabilities: true)
}
