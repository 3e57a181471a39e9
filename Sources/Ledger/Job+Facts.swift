/// A step that was begun and not ended.
package struct Attempt: Sendable, Codable, Equatable {
    /// s since 1970.
    package let begun: Double
    package let marks: RunMarks

    package init(begun: Double, marks: RunMarks) {
        self.begun = begun
        self.marks = marks
    }
}

/// What a report says of a DICOM series; nothing of the patient.
package struct SeriesFacts: Sendable, Codable, Equatable {
    /// (0008,0060), such as CT or MR.
    package let modality: String
    /// (0020,0011).
    package let number: Int?

    package init(modality: String, number: Int?) {
        self.modality = modality
        self.number = number
    }
}

/// The case that an earlier part of a series was taken on as.
package struct EarlierCase: Sendable, Codable, Equatable {
    /// The job's.
    package let id: String
    package let name: String
    /// Whether it went to quarantine; what was published is replaced by a new version, what was refused is not.
    package let isRefused: Bool

    package init(id: String, name: String, isRefused: Bool) {
        self.id = id
        self.name = name
        self.isRefused = isRefused
    }
}
