import Files
import Foundation
package import Ledger

/// Takes dropped names out of a text made elsewhere: an error's words, a refusal, a warning.
///
/// Names are taken apart into words, and the words are looked for, so that a name is found however it was cut, joined or made safe for a
/// file system. Whatever a path says below one of the service's folders goes too, known or not.
package struct NameRedactor: Sendable {
    /// Stands in place of a name.
    package static let placeholder = "<name>"

    /// Every word of the names, in small letters.
    private let words: Set<String>
    /// Those of them that may tell whose case it is, as they are written and, from four letters on, in small letters.
    private let telling: Set<String>
    private let places: Places

    /// The service's folders, in which strangers name things.
    package struct Places: Sendable {
        /// Absolute.
        fileprivate var folders: [String] = []
        /// Names below them that the site or this program gave.
        fileprivate var ours: Set<Substring> = []

        /// None.
        package init() {}

        /// Those of a configuration.
        package init(_ configuration: ServiceConfiguration) {
            let layout = StateLayout(root: configuration.stateDirectory)
            folders = configuration.routes.flatMap { [$0.inbox, $0.outbox] } + [layout.work, layout.quarantine, layout.processed]
            let files = [OutboxLayout.stagingName, FolderRegister.markName]
            ours = Set((configuration.routes.map(\.name) + files).map { Substring($0) })
        }
    }

    /// - Parameters:
    ///   - names: dropped paths and what was made of them.
    ///   - places: where everything is named by strangers.
    package init(names: some Sequence<String>, places: Places = Places()) {
        var (words, telling) = (Set<String>(), Set<String>())
        for name in names {
            for piece in Self.pieces(of: name) where piece.isWord {
                let word = String(piece.text)
                guard words.insert(word.lowercased()).inserted || !telling.contains(word), Self.tells(word) else { continue }
                telling.insert(word)
                if word.count > 3 { telling.insert(word.lowercased()) }
            }
        }
        (self.words, self.telling, self.places) = (words, telling, places)
    }

    /// The text without the names.
    package func redact(_ text: String) -> String {
        var text = ForeignText.replaced(in: text)
        for folder in places.folders { text = cut(text, below: folder + "/") }
        guard !telling.isEmpty else { return text }
        var result = ""
        var rest = Self.pieces(of: text)[...]
        while let first = rest.first {
            let run = self.run(at: rest)
            if run.contains(where: { $0.isWord && isTelling($0.text) }) {
                if !result.hasSuffix(Self.placeholder + " ") { result += Self.placeholder } else { result.removeLast() }
                rest = rest.dropFirst(run.count)
            } else {
                let count = max(1, run.count)
                result += count == 1 ? String(first.text) : run.map { String($0.text) }.joined()
                rest = rest.dropFirst(count)
            }
        }
        return result
    }

    /// The longest run of words of the names from here on, with what joins them.
    private func run(at pieces: ArraySlice<Piece>) -> ArraySlice<Piece> {
        var end = pieces.startIndex
        var index = pieces.startIndex
        while index < pieces.endIndex {
            let piece = pieces[index]
            guard piece.isWord ? words.contains(piece.text.lowercased()) : index > pieces.startIndex && piece.joins else { break }
            index += 1
            if piece.isWord { end = index }
        }
        return pieces[pieces.startIndex..<end]
    }

    private func isTelling(_ word: Substring) -> Bool {
        telling.contains(String(word)) || word.count > 3 && telling.contains(word.lowercased())
    }

    /// Words that stand for a kind of file or image, and the small words of our own sentences.
    private static let plain: Set<String> = [
        "nii", "gz", "dcm", "DCM", "dicom", "DICOM", "ima", "IMA", "ct", "CT", "mr", "MR", "pt", "PT", "a", "an", "and", "as", "at", "be",
        "by", "for", "in", "is", "it", "no", "not", "of", "on", "or", "the", "to", "was", "series", "Series", "SERIES", "slice", "Slice",
        "image", "Image",
    ]

    /// Whether a word may tell whose case it is: not single letters, channel numbers and the counters of slices.
    private static func tells(_ word: String) -> Bool {
        if plain.contains(word) { return false }
        if word.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return word.count > 3 && !(word.count == 4 && word.hasPrefix("00")) }
        return word.utf8.count > 1
    }

    /// A word, or what stands between two.
    private struct Piece {
        let text: Substring
        let isWord: Bool
        /// Whether it joins two words of one name.
        var joins: Bool { !text.contains { $0.isWhitespace || $0 == ":" || $0 == "\"" } }
    }

    private static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var start = text.startIndex
        while start < text.endIndex {
            let isWord = isWordPart(text[start])
            let end = text[start...].firstIndex { isWordPart($0) != isWord } ?? text.endIndex
            pieces.append(Piece(text: text[start..<end], isWord: isWord))
            start = end
        }
        return pieces
    }

    private static func isWordPart(_ character: Character) -> Bool { character.isLetter || character.isNumber }

    /// Cuts what follows the folder up to the end of the path, as our sentences end one; a case's id is no stranger's name and stays.
    private func cut(_ text: String, below folder: String) -> String {
        let ends = [": ", ", ", "; ", " (", "\"", "\n"]
        var result = ""
        var rest = text[...]
        while let found = rest.range(of: folder) {
            let end = ends.compactMap { rest[found.upperBound...].range(of: $0)?.lowerBound }.min() ?? rest.endIndex
            let path = rest[found.upperBound..<end].split(separator: "/", omittingEmptySubsequences: false)
            let kept = path.prefix { places.ours.contains($0) || CaseID.isOne($0) || $0 == Self.placeholder }
            let cut = kept.map(String.init) + (kept.count < path.count ? [Self.placeholder] : [])
            result += rest[..<found.upperBound] + cut.joined(separator: "/")
            rest = rest[end...]
        }
        return result + rest
    }
}

extension NameRedactor {
    /// Knows everything that a job's files are and were called.
    package init(_ job: Job, places: Places = Places()) {
        self.init(names: job.isPseudonymous ? job.names : job.names + [job.name], places: places)
    }
}

extension Job {
    /// The warnings as the report may say them.
    var publishedWarnings: [String] {
        guard isPseudonymous, !warnings.isEmpty else { return warnings }
        let redactor = NameRedactor(self)
        return warnings.map(redactor.redact)
    }
}
