/// Text out of a file, or another file's path, that a message quotes. It may name a patient, so whoever shows a message in a place that
/// names don't belong leaves it out.
///
/// It stands between the marks with which Unicode isolates foreign text, FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE.
package enum ForeignText {
    private static let start: Character = "\u{2068}"
    private static let end: Character = "\u{2069}"
    /// Stands in its place where it doesn't belong.
    package static let placeholder = "<value>"

    /// The text between marks.
    package static func marked(_ text: some StringProtocol) -> String {
        "\(start)\(String(text).filter { $0 != start && $0 != end })\(end)"
    }

    /// A message without marks, for people who may see the case.
    package static func plain(_ message: String) -> String {
        message.contains(start) ? message.filter { $0 != start && $0 != end } : message
    }

    /// A message with something else in place of the text.
    package static func replaced(in message: String) -> String {
        guard message.contains(start) else { return message }
        var (result, isForeign) = ("", false)
        for character in message {
            switch character {
            case start:
                if !isForeign { result += placeholder }
                isForeign = true
            case end: isForeign = false
            default: if !isForeign { result.append(character) }
            }
        }
        return result
    }
}
