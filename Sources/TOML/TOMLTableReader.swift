/// Collects the problems of one configuration text while its tables are read.
package final class ProblemCollector {
    package private(set) var problems: [ConfigurationProblem] = []
    private let source: TOMLSourceMap

    package init(source: TOMLSourceMap) { self.source = source }

    /// - `key`: nil for what concerns the whole file.
    package func add(_ key: String?, _ message: String) {
        problems.append(ConfigurationProblem(line: key.flatMap(source.line), key: key, message: message))
    }
}

/// Reads typed values from one TOML table and notes wrong types, missing keys and keys nobody asked for.
package struct TOMLTableReader {
    private let table: TOMLTable
    private let path: String
    private let collector: ProblemCollector

    package init(_ table: TOMLTable, path: String, collector: ProblemCollector) {
        self.table = table
        self.path = path
        self.collector = collector
    }

    /// The full name of a key of this table.
    package func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// Whether a key is there, whatever it holds.
    package func has(_ key: String) -> Bool { table.line(of: key) != nil }

    package func string(_ key: String) -> String? { value(key, "a text in quotes") { $0.string } }

    package func requiredString(_ key: String) -> String? {
        guard has(key) else {
            collector.add(name(key), "is missing")
            return nil
        }
        return string(key)
    }

    package func boolean(_ key: String) -> Bool? { value(key, "true or false") { $0.bool } }

    package func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        let words =
            range.count == 1 ? "\(range.lowerBound)" : "an integer from \(range.lowerBound) to \(range.upperBound)"
        return value(key, words) { found in found.int.flatMap { range.contains($0) ? $0 : nil } }
    }

    /// - `words`: what is asked for, such as "a number of seconds, at least 1".
    package func number(_ key: String, words: String, where fits: (Double) -> Bool) -> Double? {
        value(key, words) { found in
            (found.double ?? found.int.map(Double.init)).flatMap { $0.isFinite && fits($0) ? $0 : nil }
        }
    }

    /// The elements of an array of tables, each with its full name; nil when the key is absent or holds something else.
    package func tables(_ key: String) -> [TOMLTableReader]? {
        let header = header(key)
        if table[key]?.table != nil {
            collector.add(name(key), "[\(header)] makes one table; write [[\(header)]], in double brackets, above each of them")
            return nil
        }
        guard let array = value(key, "tables, each below a line [[\(header)]]", { $0.array }) else { return nil }
        let tables = array.enumerated().compactMap { index, value -> TOMLTableReader? in
            let element = "\(name(key))[\(index)]"
            guard let table = value.table else {
                collector.add(element, "must be a table below a line [[\(header)]], found \(value.shown)")
                return nil
            }
            return TOMLTableReader(table, path: element, collector: collector)
        }
        return tables.isEmpty && !array.isEmpty ? nil : tables
    }

    /// A key of this table as a header names it, without the numbers of elements.
    private func header(_ key: String) -> String { name(key).replacing(/\[[0-9]+\]/, with: "") }

    /// A value that needs more than a type; the closure gives nil where it doesn't fit.
    package func value<Value>(_ key: String, _ words: String, _ convert: (TOMLValue) -> Value?) -> Value? {
        guard let found = table[key] else { return nil }
        if let value = convert(found) { return value }
        collector.add(name(key), "must be \(words), found \(found.shown)")
        return nil
    }

    /// Notes every key that isn't among the known ones, with the closest one, or the place where it belongs, as a hint.
    ///
    /// - `elsewhere`: the keys of other tables, each list with words for its place.
    package func refuseOthers(known: [String], elsewhere: [(keys: [String], place: String)] = []) {
        for key in table.keys where !known.contains(key) {
            let place = elsewhere.first { $0.keys.contains(key) }.map { "; \(key) belongs \($0.place)" }
            let close = known.filter { _ in key.utf8.count <= 64 }.map { (key: $0, distance: $0.distance(to: key)) }
                .filter { $0.distance <= 3 }.min { $0.distance < $1.distance }
            let hint = place ?? close.map { "; did you mean \($0.key)?" } ?? "; known here: \(known.joined(separator: ", "))"
            collector.add(name(key.shortened), "is not a known key" + hint)
        }
    }
}

extension String {
    /// Levenshtein's distance.
    fileprivate func distance(to other: String) -> Int {
        let (first, second) = (Array(utf8), Array(other.utf8))
        var row = Array(0...second.count)
        for (i, character) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, candidate) in second.enumerated() {
                let cost = Swift.min(row[j] + 1, row[j + 1] + 1, diagonal + (character == candidate ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[second.count]
    }
}
