/// What is wrong with a case, for people.
package struct Refusal: Sendable, Codable, Equatable {
    /// What was found.
    package let what: String
    /// The file or folder it is about; nil where it is about the case as a whole.
    package let `where`: String?
    /// What to do about it.
    package let advice: String

    /// The finding with its place.
    package var sentence: String { (`where`.map { $0 + ": " } ?? "") + what }

    /// The same with a folder's path left out, so that files are named as they were dropped.
    package func relative(to folder: String) -> Refusal { replacing(folder + "/", with: "") }

    /// The same with one path for another.
    package func replacing(_ path: String, with other: String) -> Refusal {
        Refusal(
            what: what.replacing(path, with: other), where: `where`?.replacing(path, with: other),
            advice: advice.replacing(path, with: other))
    }

    /// Joins finding, place and advice.
    package init(what: String, where place: String? = nil, advice: String) {
        self.what = what
        self.where = place
        self.advice = advice
    }
}
