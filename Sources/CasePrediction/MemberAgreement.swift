import Files
import NIfTI
import Plans
import Segmentation
import TrainedModels

/// What of one model's result is what of the first model's, by the names in their dataset.json: the ground that averaging them stands on.
///
/// Where names are the same in another order the order is changed, which is exact; anything else that differs is refused.
struct MemberAgreement: Sendable {
    /// What is compared of a member: its folder, and its dataset.json.
    struct Terms {
        let folder: String
        let dataset: DatasetDescription
        let labels: LabelScheme
    }

    /// For each of the member's image channels the first model's.
    let imageChannels: [Int]
    /// For each of the first model's output channels the member's.
    let outputChannels: [Int]
    /// For people: what had to be put into the first model's order.
    let notes: [String]

    /// Compares a member with the first one.
    ///
    /// - Throws: `.badModel` with both folders and what differs.
    init(of member: Terms, with first: Terms) throws(Problem) {
        func refusal(_ what: String, _ found: String, _ expected: String, _ advice: String) -> Problem {
            .badModel(
                path: member.folder, problem: "its \(what) (\(found)) differ from those of \(first.folder) (\(expected))",
                advice: "only results that mean the same can be averaged; " + advice)
        }
        guard member.dataset.fileEnding == first.dataset.fileEnding else {
            throw refusal(
                "file endings", member.dataset.fileEnding, first.dataset.fileEnding,
                "use models of one dataset, or give both dataset.json the same file_ending")
        }
        let (channels, ownChannels) = (first.dataset.channelNames, member.dataset.channelNames)
        guard let imageChannels = Self.matches(ownChannels, in: channels) else {
            throw refusal(
                "channels", Self.numbered(ownChannels), Self.numbered(channels),
                "where the images are the same, give them the same channel_names in both dataset.json")
        }
        let (meanings, own) = (first.outputs, member.outputs)
        guard first.labels.hasRegions == member.labels.hasRegions,
            let outputChannels = Self.matches(meanings.map(\.meaning), in: own.map(\.meaning))
        else {
            throw refusal(
                member.labels.hasRegions || first.labels.hasRegions ? "labels and regions" : "labels", member.outputText, first.outputText,
                "where they mean the same, give them the same names in both dataset.json")
        }
        self.imageChannels = imageChannels
        self.outputChannels = outputChannels
        notes = Self.notes(on: member, beside: first, imageChannels, outputChannels)
    }

    /// How the member's array lies on the first one's, each as its reader saw the case.
    func alignment(of own: ImageSource, to first: ImageSource) -> MemberAlignment {
        let turn = first.arrayAxes(from: own)
        return MemberAlignment(channels: outputChannels, axes: turn.axes, isReversed: turn.isReversed)
    }

    /// What of a member is put into the first one's order.
    private static func notes(on member: Terms, beside first: Terms, _ imageChannels: [Int], _ outputChannels: [Int]) -> [String] {
        var notes: [String] = []
        if imageChannels != Array(imageChannels.indices) {
            notes.append(
                "\(member.folder) has its image channels in another order (\(numbered(member.dataset.channelNames))) than \(first.folder) "
                    + "(\(numbered(first.dataset.channelNames)))")
        }
        if zip(outputChannels, first.outputs).contains(where: { member.outputs[$0].value != $1.value }) {
            notes.append(
                "\(member.folder) numbers its labels otherwise (\(member.outputText)) than \(first.folder), whose values are written: "
                    + first.outputText)
        }
        return notes
    }

    /// Refuses a cascade whose stages read or label differently: the second one takes the first one's voxels and values as they are.
    static func requireCascade(_ stage: ModelFolder, before second: ModelFolder) throws(Problem) {
        let (first, next) = (Terms(stage), Terms(second))
        try compare("reader", stage.plans.imageReaderWriter, second.plans.imageReaderWriter, first, next)
        try compare("file endings", first.dataset.fileEnding, next.dataset.fileEnding, first, next)
        try compare("channels", numbered(first.dataset.channelNames), numbered(next.dataset.channelNames), first, next)
        try requireSameLabels(first, before: next)
    }

    /// Refuses a first stage whose written values would mean other labels to the second stage.
    static func requireSameLabels(_ stage: Terms, before second: Terms) throws(Problem) {
        try compare("labels", stage.outputText, second.outputText, stage, second)
        try compare("label values", "\(stage.labels.allLabels)", "\(second.labels.allLabels)", stage, second)
    }

    private static func compare(
        _ what: String, _ found: String, _ expected: String, _ stage: Terms, _ second: Terms
    ) throws(Problem) {
        guard found != expected else { return }
        throw .badModel(
            path: stage.folder, problem: "its \(what) (\(found)) and those of its second stage \(second.folder) (\(expected)) differ",
            advice: "both stages of a cascade must be of one training")
    }

    /// For each name its place in the others; nil where one has no counterpart. Case and surrounding spaces don't count.
    private static func matches(_ names: [String], in others: [String]) -> [Int]? {
        let (wanted, found) = (names.map(plain), others.map(plain))
        if wanted == found { return Array(names.indices) }
        guard Set(wanted).count == wanted.count, wanted.count == found.count else { return nil }
        let places = wanted.compactMap { found.firstIndex(of: $0) }
        return places.count == names.count ? places : nil
    }

    private static func plain(_ name: String) -> String {
        name.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// `0 T1, 1 T2`
    private static func numbered(_ names: [String]) -> String {
        names.enumerated().map { "\($0.offset) \($0.element)" }.joined(separator: ", ")
    }
}

extension MemberAgreement.Terms {
    /// Of a folder that holds a dataset.json.
    init(folder: String) throws(Problem) {
        let path = folder + "/dataset.json"
        let dataset = try DatasetDescription(contentsOf: path)
        self.init(folder: folder, dataset: dataset, labels: try LabelScheme(dataset, path: path))
    }

    /// Of a model folder.
    init(_ model: ModelFolder) {
        self.init(folder: model.path, dataset: model.dataset, labels: model.labels)
    }

    /// What each output channel means, and the value written for it. A region is its name and its label values: neither alone is enough.
    var outputs: [(meaning: String, value: Int)] {
        guard labels.hasRegions else {
            return (0..<labels.headCount).map { (labels.names[$0] ?? "label \($0)", $0) }
        }
        let regions = dataset.labels.filter { $0.name != "ignore" && $0.value.values.contains { $0 != 0 } }
        return zip(regions, labels.regionsClassOrder).map { region, value in
            ("\(region.name) \(Set(region.value.values).sorted())", value)
        }
    }

    /// `1 liver, 2 kidney`, in the order of the channels.
    var outputText: String { outputs.map { "\($0.value) \($0.meaning)" }.joined(separator: ", ") }
}
