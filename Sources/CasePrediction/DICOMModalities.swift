package import DICOM
package import Files

/// Which DICOM modalities (0008,0060) a model takes: MR values mean nothing to a model that was trained on Hounsfield units.
///
/// The user says so, or else the name of the model's channel does where it names one ("CT", "T1w"); where neither does, every modality is
/// taken. NIfTI files don't say what they are and are always taken.
package struct DICOMModalities: Sendable, Equatable {
    /// The modalities that are read at all.
    package static let readable = ["CT", "MR"]

    /// Upper case, such as CT and MR; nil for every modality that is read.
    package let accepted: [String]?
    /// The channel name that decided; nil where the user did, or nothing.
    package let channelName: String?

    /// - Parameters:
    ///   - given: what the user accepts, upper case; nil leaves it to the channel's name.
    ///   - channelName: of the model's only channel (`channel_names` in dataset.json).
    package init(given: [String]?, channelName: String) {
        let named = Self.named(by: channelName)
        accepted = given ?? (named.isEmpty ? nil : named)
        self.channelName = given == nil && !named.isEmpty ? channelName : nil
    }

    /// Whether series of a modality are taken.
    package func accept(_ modality: String) -> Bool {
        accepted?.contains(modality.uppercased()) ?? true
    }

    /// For people: what is taken, such as "CT" or "CT or MR".
    package var words: String {
        (accepted ?? Self.readable).joined(separator: " or ")
    }

    /// Refuses a series of another modality.
    ///
    /// - `howToAllow`: the option or key that would allow a modality, as a clause: "allow it with --modalities MR".
    package func check(
        _ series: DICOMSeriesCandidate, howToAllow: (_ modality: String) -> String
    ) throws(Problem) {
        guard let problem = problem(with: series.modality) else { return }
        throw .badInput(path: series.files[0].path, problem: problem, advice: advice(for: series.modality, howToAllow: howToAllow))
    }

    /// What is wrong with a series of a modality, as a sentence; nil where it is taken.
    package func problem(with modality: String) -> String? {
        guard !accept(modality) else { return nil }
        let reason = channelName.map { "its channel is called \"\($0)\"" } ?? "that is what is configured"
        return "the series is \(modality), and the model takes \(words): \(reason)"
    }

    /// What to do about a series of a modality that is not taken.
    package func advice(for modality: String, howToAllow: (_ modality: String) -> String) -> String {
        "give it to a model for \(modality)"
            + (Self.readable.contains(modality) ? ", or \(howToAllow(modality)) if this model is meant" : "")
    }
}

extension DICOMModalities {
    /// The modalities that the words of a channel name stand for; empty where none of them is known.
    static func named(by channelName: String) -> [String] {
        let words = channelName.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return words.reduce(into: []) { found, word in
            guard let modality = modalities.first(where: { $0.words.contains(word) })?.modality, !found.contains(modality) else { return }
            found.append(modality)
        }
    }

    /// nnU-Net itself knows "CT" alone, which chooses the normalisation; the others are the names that public data sets give their channels.
    private static let modalities: [(modality: String, words: Set<String>)] = [
        ("CT", ["ct", "cta", "ncct", "cect", "ldct", "cbct", "hu"]),
        (
            "MR",
            [
                "mr", "mri", "mra", "t1", "t1w", "t1c", "t1ce", "t1gd", "t1n", "t1post", "t1wce", "t2", "t2w", "t2f", "t2star", "flair",
                "t2flair",
                "adc", "dwi", "swi", "pd", "pdw", "dti", "bold", "tof", "mprage", "mp2rage", "bssfp", "dce", "hbv",
            ]
        ),
        ("PT", ["pet", "pt", "suv", "fdg"]),
    ]
}
