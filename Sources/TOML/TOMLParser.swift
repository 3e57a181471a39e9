/// Reads TOML 1.0 (toml.io) without its dates and times, which no key of a configuration takes.
///
/// Whatever the text is, the answer is a table or the line and words of what is wrong: nesting and names are limited, so that neither
/// reading nor releasing a document can exhaust the stack.
package struct TOMLParser {
    /// How deep values nest in each other.
    static let deepest = 32
    /// How many parts a dotted name has.
    static let longest = 16

    var scanner: TOMLScanner
    /// Counts headers, so that a dotted key adds only to what its own section made.
    private var section = 0

    private init(_ text: String) { scanner = TOMLScanner(text) }

    /// The document's table.
    package static func parse(_ text: String) throws(ConfigurationProblem) -> TOMLTable {
        if let repaired = text.unicodeScalars.firstIndex(of: "\u{FFFD}") {
            let line = text[..<repaired].utf8.count { $0 == UInt8(ascii: "\n") } + 1
            throw ConfigurationProblem(line: line, message: "holds bytes that are no UTF-8; save the file in that encoding")
        }
        var parser = TOMLParser(text)
        return try parser.document()
    }

    func problem(_ message: String, line: Int? = nil) -> ConfigurationProblem {
        ConfigurationProblem(line: line ?? scanner.line, message: message)
    }

    private mutating func document() throws(ConfigurationProblem) -> TOMLTable {
        let root = TOMLTable(line: 1, origin: .header)
        var table = root
        while true {
            try skipLines()
            guard scanner.next != nil else { return root }
            if scanner.comes("[") { table = try header(in: root) } else { try entry(of: table) }
            scanner.skipBlanks()
            try comment()
            guard scanner.isAtLineEnd else { throw problem(surplus()) }
        }
    }

    /// Words for what follows a header or a value on its line.
    private mutating func surplus() -> String {
        let rest = scanner.take { $0 != UInt8(ascii: "\n") }
        let hint = rest.contains { "\"'".contains($0) } ? "; a quote within a text is written \\\"" : "; each key has a line of its own"
        return "\(rest.shortened) is too much here" + hint
    }

    /// Takes blanks, line ends and comments.
    mutating func skipLines() throws(ConfigurationProblem) {
        while true {
            scanner.skipBlanks()
            try comment()
            guard scanner.take("\n") else { return }
        }
    }

    private mutating func comment() throws(ConfigurationProblem) {
        guard scanner.comes("#") else { return }
        while !scanner.isAtLineEnd, let byte = scanner.take() { try checkCharacter(byte) }
    }

    /// Refuses control characters but the tab.
    func checkCharacter(_ byte: UInt8) throws(ConfigurationProblem) {
        if byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F {
            throw problem("holds the control character \(byte); remove it")
        }
    }

    // MARK: Tables

    /// `[a.b]` or `[[a.b]]`; gives the table that the lines below it belong to.
    private mutating func header(in root: TOMLTable) throws(ConfigurationProblem) -> TOMLTable {
        let line = scanner.line
        let isElement = scanner.take("[[")
        if !isElement { _ = scanner.take("[") }
        var keys = try name()
        let shown = keys.joined(separator: ".").shortened
        let close = isElement ? "]]" : "]"
        guard scanner.take(close) else { throw problem("the header is not closed; write \(isElement ? "[[" : "[")\(shown)\(close)") }
        section += 1
        let last = keys.removeLast()
        var around = root
        for key in keys { around = try step(from: around, to: key, line: line) }
        return isElement ? try element(last, of: around, shown, line) : try table(last, of: around, shown, line)
    }

    /// A new element of an array of tables.
    private func element(_ key: String, of around: TOMLTable, _ shown: String, _ line: Int) throws(ConfigurationProblem) -> TOMLTable {
        if let earlier = around.line(of: key), around.latest(of: key) == nil {
            throw problem("\(shown) is no array of tables since line \(earlier); write [[\(shown)]] there too", line: line)
        }
        let table = TOMLTable(line: line, origin: .header)
        around.append(table, to: key)
        return table
    }

    /// A table of its own; one that only the headers of tables below it made is taken over.
    private func table(_ key: String, of around: TOMLTable, _ shown: String, _ line: Int) throws(ConfigurationProblem) -> TOMLTable {
        guard let earlier = around.line(of: key) else {
            let table = TOMLTable(line: line, origin: .header)
            around.set(key, .table(table), line: line)
            return table
        }
        if around.latest(of: key) != nil {
            throw problem("\(shown) is an array of tables since line \(earlier); write [[\(shown)]] here too", line: line)
        }
        guard let table = around[key]?.table, table.origin == .implicit else {
            throw problem("\(shown) is there already, see line \(earlier); keep one of them", line: line)
        }
        table.origin = .header
        return table
    }

    /// The table one step further along a header's name: made where it is missing, the latest of an array of tables.
    private func step(from table: TOMLTable, to key: String, line: Int) throws(ConfigurationProblem) -> TOMLTable {
        if let latest = table.latest(of: key) { return latest }
        guard let found = table[key] else {
            let next = TOMLTable(line: line, origin: .implicit)
            table.set(key, .table(next), line: line)
            return next
        }
        guard let next = found.table, next.origin != .inline else {
            throw problem(
                "\(key.shortened) holds \(found.shown) since line \(table.line(of: key) ?? line), nothing can be added", line: line)
        }
        return next
    }

    /// `a.b = value` within a table.
    mutating func entry(of table: TOMLTable, depth: Int = 0) throws(ConfigurationProblem) {
        let line = scanner.line
        var keys = try name()
        let shown = keys.joined(separator: ".").shortened
        guard scanner.take("=") else {
            throw problem(scanner.comes(":") ? "write \(shown) = ..., with = instead of :" : "write \(shown) = and a value")
        }
        scanner.skipBlanks()
        if scanner.isAtLineEnd || scanner.comes("#") { throw problem("\(shown) has no value; write one after =") }
        let last = keys.removeLast()
        var table = table
        for key in keys {
            guard let found = table[key] else {
                let next = TOMLTable(line: line, origin: .dotted(section: section))
                table.set(key, .table(next), line: line)
                table = next
                continue
            }
            guard let next = found.table, next.origin == .implicit || next.origin == .dotted(section: section) else {
                throw problem("\(key.shortened) is there already, see line \(table.line(of: key) ?? line); add \(shown) there", line: line)
            }
            if next.origin == .implicit { next.origin = .dotted(section: section) }
            table = next
        }
        if table[last] != nil {
            throw problem("\(shown) is there already, see line \(table.line(of: last) ?? line); keep one of them", line: line)
        }
        table.set(last, try value(depth: depth), line: line)
    }

    // MARK: Names

    /// A name of one or more parts, with the blanks around it.
    private mutating func name() throws(ConfigurationProblem) -> [String] {
        var parts: [String] = []
        repeat {
            scanner.skipBlanks()
            parts.append(try namePart())
            guard parts.count <= Self.longest else { throw problem("a name has more than \(Self.longest) parts") }
            scanner.skipBlanks()
        } while scanner.take(".")
        return parts
    }

    private mutating func namePart() throws(ConfigurationProblem) -> String {
        if scanner.comes("\"") || scanner.comes("'") { return try shortText() }
        let part = scanner.take { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard part.isEmpty else { return part }
        if scanner.comes("//") || scanner.comes(";") { throw problem("a comment starts with #") }
        let found = scanner.take { $0 != UInt8(ascii: "\n") }
        throw problem(
            found.isEmpty
                ? "a name is missing at the end" : "a name is missing before \(found.shortened); names are of letters, digits, _ and -")
    }
}
