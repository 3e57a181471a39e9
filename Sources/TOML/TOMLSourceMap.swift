/// On which line of a TOML text each key stands.
package struct TOMLSourceMap {
    private var lines: [String: Int] = [:]

    /// The lines of a text; none when it is no TOML.
    package init(_ text: String) {
        if let table = try? TOMLParser.parse(text) { note(table, path: "") }
    }

    /// The lines of a document.
    package init(_ table: TOMLTable) {
        note(table, path: "")
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

    private mutating func note(_ table: TOMLTable, path: String) {
        for key in table.keys {
            let name = path.isEmpty ? key : "\(path).\(key)"
            lines[name] = table.line(of: key)
            note(table[key], path: name)
        }
    }

    private mutating func note(_ value: TOMLValue?, path: String) {
        switch value {
        case .table(let table)?: note(table, path: path)
        case .array(let values)?:
            for (index, element) in values.enumerated() {
                guard let table = element.table else { continue }
                lines["\(path)[\(index)]"] = table.line
                note(table, path: "\(path)[\(index)]")
            }
        default: break
        }
    }
}
