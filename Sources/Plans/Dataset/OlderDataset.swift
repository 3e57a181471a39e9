package import Files
package import PythonFormats

/// A kind of data set from before nnU-Net's version 2, whose `dataset.json` maps numbers to labels and lists its files.
package enum OlderDataset: Sendable {
    /// The Medical Segmentation Decathlon's, whose files hold all channels (`convert_msd_dataset`).
    case decathlon
    /// nnU-Net version 1's (`convert_raw_dataset_from_old_nnunet_format`).
    case version1

    /// The `dataset.json` that version 2 reads: labels map to numbers, channels are `channel_names`, and the lists of files are gone;
    /// everything else stays, in nnU-Net's order.
    ///
    /// - Parameter dataset: the older file.
    /// - Returns: what the new one holds.
    /// - Throws: `Problem` that names the file and the key, where labels or channels are not as such a file has them.
    package func description(of dataset: JSONField) throws(Problem) -> OrderedJSON {
        var entries = Entries(members: try dataset.members().map { .init($0.key, $0.field.value) })
        let channels = try dataset.required("modality").value
        let gone = self == .decathlon ? ["training", "test"] : ["tensorImageSize", "numTest", "training", "test"]
        entries.set("labels", to: try Self.numbersByName(dataset.required("labels")))
        let ending = OrderedJSON.Member("file_ending", ".nii.gz"), names = OrderedJSON.Member("channel_names", channels)
        for entry in self == .decathlon ? [ending, names] : [names, ending] { entries.set(entry.key, to: entry.value) }
        entries.members.removeAll { gone.contains($0.key) || $0.key == "modality" }
        return .object(entries.members)
    }

    private static func numbersByName(_ labels: JSONField) throws(Problem) -> OrderedJSON {
        var numbers = Entries()
        for (key, field) in try labels.members() {
            guard let number = Int(key), let name = field.value.string, !numbers.members.contains(where: { $0.key == name }) else {
                throw field.failure(
                    expected: "a number as key and a name of its own",
                    advice: "labels map a number to a name in such a file; one of nnU-Net version 2 has them the other way round")
            }
            numbers.set(name, to: .integer(number))
        }
        return .object(numbers.members)
    }
}

/// Entries as a Python dictionary keeps them: one that is set anew stays at its place.
private struct Entries {
    var members: [OrderedJSON.Member] = []

    mutating func set(_ key: String, to value: OrderedJSON) {
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index].value = value
        } else {
            members.append(.init(key, value))
        }
    }
}
