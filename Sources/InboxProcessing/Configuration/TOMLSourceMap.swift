/// On which line of a TOML text each key stands; the parser tells positions only for what it can't parse.
package struct TOMLSourceMap {
    private var lines: [String: Int] = [:]

    /// Reads headers and `key = …` at the start of lines; values over several lines are passed over.
    package init(_ text: String) {
        var prefix = ""
        var counts: [String: Int] = [:]
        var nesting = 0
        var quotes: String?
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = raw.trimming(while: \.isWhitespace)
            let continues = nesting > 0 || quotes != nil
            if !continues, line.hasPrefix("[[") {
                let path = Self.resolve(Self.keys(String(line.dropFirst(2).prefix { $0 != "]" })), counts)
                counts[path, default: -1] += 1
                prefix = "\(path)[\(counts[path] ?? 0)]"
                lines[prefix] = index + 1
            } else if !continues, line.hasPrefix("[") {
                prefix = Self.resolve(Self.keys(String(line.dropFirst().prefix { $0 != "]" })), counts)
                lines[prefix] = index + 1
            } else {
                if !continues, let equals = line.firstIndex(of: "=") {
                    let key = ([prefix].filter { !$0.isEmpty } + Self.keys(String(line[..<equals]))).joined(separator: ".")
                    if lines[key] == nil { lines[key] = index + 1 }
                }
                Self.follow(line, nesting: &nesting, quotes: &quotes)
            }
        }
    }

    /// The line of a key such as `routes[0].models[1].folder`, or of the closest table around it.
    package func line(of key: String) -> Int? {
        var key = key
        while !key.isEmpty {
            if let line = lines[key] { return line }
            guard let cut = key.lastIndex(where: { $0 == "." || $0 == "[" }) else { return nil }
            key = String(key[..<cut])
        }
        return nil
    }

    /// `a . "b c"` as its parts.
    private static func keys(_ text: String) -> [String] {
        text.split(separator: ".").map { String($0.trimming { $0.isWhitespace || $0 == "\"" || $0 == "'" }) }
    }

    /// A dotted path in which every array of tables met so far carries the index of its latest element.
    private static func resolve(_ keys: [String], _ counts: [String: Int]) -> String {
        var path = ""
        for (index, key) in keys.enumerated() {
            path += (path.isEmpty ? "" : ".") + key
            if index < keys.count - 1, let count = counts[path] { path += "[\(count)]" }
        }
        return path
    }

    /// Follows brackets and multi-line strings to the end of a line.
    private static func follow(_ line: Substring, nesting: inout Int, quotes: inout String?) {
        var rest = line
        while let first = rest.first {
            if let open = quotes {
                if rest.hasPrefix(open) {
                    quotes = nil
                    rest = rest.dropFirst(open.count)
                } else {
                    rest = rest.dropFirst(open.hasPrefix("\"") && first == "\\" ? 2 : 1)
                }
                continue
            }
            if let mark = ["\"\"\"", "'''", "\"", "'"].first(where: { rest.hasPrefix($0) }) {
                quotes = mark
                rest = rest.dropFirst(mark.count)
                continue
            }
            if first == "#" { break }
            if first == "[" || first == "{" { nesting += 1 }
            if first == "]" || first == "}" { nesting = max(0, nesting - 1) }
            rest = rest.dropFirst()
        }
        if quotes?.count == 1 { quotes = nil }  // a plain string ends with its line
    }
}

extension StringProtocol {
    /// This text without the leading and trailing characters that match.
    fileprivate func trimming(while matches: (Character) -> Bool) -> SubSequence {
        guard let first = firstIndex(where: { !matches($0) }), let last = lastIndex(where: { !matches($0) }) else {
            return self[endIndex...]
        }
        return self[first...last]
    }
}
