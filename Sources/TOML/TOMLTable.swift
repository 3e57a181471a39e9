/// A table of a TOML document, with the lines its keys stand on and what TOML's rules ask of whoever adds to it.
package final class TOMLTable {
    /// How a table came to be; decides who may add to it.
    enum Origin: Equatable {
        /// On the way to a table further down, by its header.
        case implicit
        /// By a header of its own.
        case header
        /// By a dotted key below the header with this number; closed with the next header.
        case dotted(section: Int)
        /// In braces; never added to.
        case inline
    }

    private enum Entry {
        case value(TOMLValue, line: Int)
        /// What `[[…]]` adds to; apart, so that it grows in place.
        case elements([TOMLTable], line: Int)
    }

    /// Where it is opened, from 1.
    let line: Int
    var origin: Origin
    /// In the text's order.
    private(set) var keys: [String] = []
    private var entries: [String: Entry] = [:]

    init(line: Int, origin: Origin) {
        self.line = line
        self.origin = origin
    }

    /// The value of a key; nil when it is not there.
    package subscript(key: String) -> TOMLValue? {
        switch entries[key] {
        case .value(let value, _)?: value
        case .elements(let tables, _)?: .array(tables.map(TOMLValue.table))
        case nil: nil
        }
    }

    /// The line of a key, or of the header that first made it; nil when the key is not there.
    func line(of key: String) -> Int? {
        switch entries[key] {
        case .value(_, let line)?, .elements(_, let line)?: line
        case nil: nil
        }
    }

    /// The latest table of an array of tables; nil when the key holds none.
    func latest(of key: String) -> TOMLTable? {
        if case .elements(let tables, _)? = entries[key] { tables.last } else { nil }
    }

    /// Sets a key that is not there yet.
    func set(_ key: String, _ value: TOMLValue, line: Int) {
        keys.append(key)
        entries[key] = .value(value, line: line)
    }

    /// Adds a table to an array of tables, which is made where the key is not there yet.
    func append(_ table: TOMLTable, to key: String) {
        guard case .elements(var tables, let line)? = entries.removeValue(forKey: key) else {
            keys.append(key)
            entries[key] = .elements([table], line: table.line)
            return
        }
        tables.append(table)
        entries[key] = .elements(tables, line: line)
    }
}
