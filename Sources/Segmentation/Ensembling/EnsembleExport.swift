package import Files
import Preprocessing
package import Tensors

/// The labels of several models together (`nnUNetv2_ensemble`), slab by slab of the reader's grid as the logits of every member become final:
/// the average of their probabilities in the order of the models, then the highest.
///
/// Members whose windows go along the same axis of the image, in the same direction, hold no more than the slabs that are not yet decided.
/// Others' logits are kept until all are there.
package struct EnsembleExport: ~Copyable {
    private let members: [Logits]
    private let alignments: [MemberAlignment]
    private let rule: ChannelRule
    private let team: ThreadTeam
    /// The reader's axis, z or y, along which slabs are decided; nil where all is decided at the end.
    private let axis: Int?
    private let samplers: [ProbabilitySampler]
    private var result: ProbabilityAverage.Result
    /// For each member the slices of its outer axis that are final.
    private var final: [Int]
    /// Slices of the reader's axis that are decided.
    private var decided = 0
    private let readerShape: [Int]

    /// Begins an export.
    ///
    /// - Parameters:
    ///   - members: one model's logits each, of the same image; the first one's labels and axes count.
    ///   - alignments: how each one's channels and axes lie in the first's; nil where all are the same.
    ///   - keepProbabilities: whether the average is returned, too.
    ///   - team: does the work.
    /// - Throws: `Problem` for members that are not of one image or mean other things.
    package init(
        _ members: [Logits], alignments: [MemberAlignment]? = nil, keepProbabilities: Bool = false, team: ThreadTeam
    ) throws(Problem) {
        guard let first = members.first else { throw .differentModels(reason: "there is none") }
        let (shape, labels) = (first.view.readerShape, first.model.labels)
        let alignments = try checked(alignments, count: members.count, channelCount: labels.headCount)
        for (member, alignment) in zip(members, alignments) {
            let found = alignment.shape(of: member.view.readerShape)
            guard found == shape else { throw .shapeMismatch(what: "a model's prediction", expected: shape, found: found) }
            guard member.model.labels.headCount == labels.headCount, member.model.labels.hasRegions == labels.hasRegions else {
                throw .differentModels(reason: "their labels differ; every dataset.json must name the same ones")
            }
        }
        var samplers: [ProbabilitySampler] = []
        for member in members {
            if let sampler = try ProbabilitySampler(partsOf: member) { samplers.append(sampler) }
        }
        // A single model's labels go through upstream's bytes.
        let rule = ChannelRule(labels, wrapsAt256: members.count == 1)
        let result = try ProbabilityAverage(members: [], readerShape: shape, rule: rule, team: team)
            .begin(keepProbabilities: keepProbabilities)
        axis = samplers.count == members.count ? Self.commonAxis(members, alignments) : nil
        final = members.map { _ in 0 }
        readerShape = shape
        (self.members, self.alignments, self.samplers, self.rule, self.team) = (members, alignments, samplers, rule, team)
        self.result = result
    }

    /// The reader's axis that every member's window goes along in the same direction; nil where there is none, or rows lie along it.
    private static func commonAxis(_ members: [Logits], _ alignments: [MemberAlignment]) -> Int? {
        let axes = zip(members, alignments).map { member, alignment -> Int? in
            let own = member.view.axes[member.values.layout.outerAxis]
            return alignment.axes.firstIndex(of: own).flatMap { alignment.isReversed[$0] || $0 == 2 ? nil : $0 }
        }
        return axes.allSatisfy { $0 == axes[0] } ? axes[0] : nil
    }

    /// The member whose logits are waited for; nil when all are final.
    package var next: Int? {
        let open = members.indices.filter { final[$0] < length(of: $0) }
        return axis == nil ? open.first : open.min { reach(of: $0) < reach(of: $1) }
    }

    /// Takes note of a member's final rows; decides what they complete, and lets go of the logits that are not needed any more.
    package mutating func take(_ rows: FinalRows, of member: Int) throws(Problem) {
        let layout = members[member].values.layout
        guard rows.inner.upperBound == layout.image[layout.innerAxis] else { return }
        final[member] = rows.outer.upperBound
        guard let axis else {
            guard next == nil else { return }
            var whole: [ProbabilitySampler] = []
            for logits in members { whole.append(try ProbabilitySampler(logits, team: team)) }
            return average(whole).decide([0..<readerShape[0], 0..<readerShape[1]], into: &result)
        }
        var reached = readerShape[axis]
        for member in members.indices { reached = min(reached, reach(of: member)) }
        guard reached > decided else { return }
        average(samplers).decide((0..<2).map { $0 == axis ? decided..<reached : 0..<readerShape[$0] }, into: &result)
        for (logits, sampler) in zip(members, samplers) { release(logits, sampler, decided..<reached) }
        decided = reached
    }

    /// Labels in reader order, and the average where it is kept, once all rows were taken.
    package consuming func exported() -> ExportedCase { average([]).end(result) }

    private func average(_ samplers: [ProbabilitySampler]) -> ProbabilityAverage {
        ProbabilityAverage(
            members: zip(samplers, alignments).map { .init(source: .model($0), alignment: $1) }, readerShape: readerShape, rule: rule,
            team: team)
    }

    private func length(of member: Int) -> Int {
        let layout = members[member].values.layout
        return layout.image[layout.outerAxis]
    }

    /// The slices of the reader's axis, from the first on, that a member's final logits decide.
    private func reach(of member: Int) -> Int {
        guard let axis else { return 0 }
        guard final[member] < length(of: member) else { return readerShape[axis] }
        let outerAxis = members[member].values.layout.outerAxis
        return members[member].view.box[outerAxis].lowerBound
            + samplers[member].sampler.outputs(of: 0..<final[member], axis: outerAxis).upperBound
    }

    private func release(_ logits: Logits, _ sampler: ProbabilitySampler, _ slices: Range<Int>) {
        let layout = logits.values.layout
        let box = logits.view.box[layout.outerAxis]
        let own = slices.clamped(to: box)
        guard !own.isEmpty else { return }
        logits.values.release(
            outer: sampler.sampler.inputsOnly(
                for: own.lowerBound - box.lowerBound..<own.upperBound - box.lowerBound, axis: layout.outerAxis),
            inner: 0..<layout.image[layout.innerAxis])
    }
}
