/// Whose image a file is, kept only so far that two files can be compared: a fingerprint of each attribute that says it, never its text.
///
/// The fingerprints differ from run to run.
struct DICOMOwner: Sendable, Equatable {
    /// In the order in which they are named.
    static let tags: [DICOMTag] = [.patientID, .patientName, .patientBirthDate, .studyInstanceUID]

    /// One for each of `tags`; nil where it is absent or empty.
    private let fingerprints: [Int?]

    init(_ dataSet: DICOMDataSet) {
        fingerprints = Self.tags.map { tag in
            guard let text = dataSet.text(tag) else { return nil }
            return tag == .patientName ? Self.fingerprint(ofName: text) : text.hashValue
        }
    }

    /// Of the first writing of a name (PS3.5, 6.2.1); names come with and without empty parts at their end, and in both cases.
    private static func fingerprint(ofName text: String) -> Int? {
        let parts = (text.split(separator: "=").first ?? "").uppercased().split { $0 == "^" || $0 == " " }
        return parts.isEmpty ? nil : parts.hashValue
    }

    /// The first attribute in which some of the files differ, and how many values it has; nil where none does.
    static func difference(among files: [DICOMFileHeader]) -> (attribute: String, count: Int)? {
        for (index, tag) in tags.enumerated() {
            let values = Set(files.compactMap { $0.owner.fingerprints[index] })
            if values.count > 1 { return (tag.named, values.count) }
        }
        return nil
    }
}
