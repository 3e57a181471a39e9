/// A function, initialiser or subscript with a body, as it stands in a source text that swift-format has laid out.
struct Declaration: Hashable {
    /// Its name, such as `average` or `init`.
    let name: String
    /// From its first line to its closing brace, both included; its comment isn't.
    let lineCount: Int
    let parameterCount: Int

    /// All that a Swift text declares.
    static func all(inSwift text: String) -> [Declaration] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.compactMap { first in
            guard let name = name(in: lines[first]) else { return nil }
            let signature = Signature(lines[first...])
            guard signature.hasBody else { return nil }
            let closing = lines[first].prefix { $0 == " " } + "}"
            let last = lines[first].hasSuffix("}") ? first : lines[(first + 1)...].firstIndex { $0.hasPrefix(closing) } ?? first
            return Declaration(name: name, lineCount: last - first + 1, parameterCount: signature.parameterCount)
        }
    }

    /// The name of what a line begins to declare, behind its modifiers.
    private static func name(in line: Substring) -> String? {
        let words = line.split(separator: " ").drop { $0.hasPrefix("@") || modifiers.contains($0) }
        guard let word = words.first else { return nil }
        if word == "func" { return words.dropFirst().first.map { String($0.prefix { $0 != "(" && $0 != "<" }) } }
        let name = word.prefix { $0.isLetter }
        guard name == "deinit" || (name == "init" || name == "subscript") && name.endIndex < word.endIndex else { return nil }
        return word[name.endIndex...].hasPrefix(".") ? nil : String(name)
    }

    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "fileprivate", "private", "static", "class", "final", "override", "required", "convenience",
        "mutating", "nonmutating", "consuming", "borrowing", "nonisolated", "isolated", "prefix", "infix", "postfix", "indirect",
    ]

    /// The functions of a C or C++ text: from a line at the left edge that opens a list to a lone brace there.
    static func all(inC text: String) -> [Declaration] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.compactMap { last in
            guard lines[last] == "}",
                let first = lines[..<last].lastIndex(where: { $0.first?.isLetter == true && $0.contains("(") })
            else { return nil }
            let name = lines[first].prefix { $0 != "(" }.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.last ?? ""
            return Declaration(
                name: String(name), lineCount: last - first + 1, parameterCount: Signature(lines[first...]).parameterCount)
        }
    }
}

/// What stands before a declaration's body.
private struct Signature {
    /// Whether a brace follows; a protocol's requirement has none.
    private(set) var hasBody = false
    private(set) var parameterCount = 0

    init(_ lines: ArraySlice<Substring>) {
        var (depth, lists) = (0, 0)
        var before: Character = " "
        for (index, line) in zip(lines.indices, lines) {
            if index > lines.startIndex, depth == 0, !Self.goesOn(line) { return }
            for character in line {
                if depth == 0, character == "{" {
                    hasBody = true
                    return
                }
                switch character {
                case "(", "[", "<", "{":
                    if depth == 0, character == "(" { lists += 1 }
                    depth += 1
                case ")", "]", "}": depth -= 1
                case ">" where before != "-": depth -= 1
                case "," where depth == 1 && lists == 1: parameterCount += 1
                default: if depth == 1, lists == 1, parameterCount == 0, !character.isWhitespace { parameterCount = 1 }
                }
                before = character
            }
        }
    }

    private static func goesOn(_ line: Substring) -> Bool {
        ["{", "where", "->", "throws", "async", ")"].contains { line.drop(while: \.isWhitespace).hasPrefix($0) }
    }
}
