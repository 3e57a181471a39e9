import TOMLKit

/// Collects the problems of one configuration text while its tables are read.
final class ProblemCollector {
    private(set) var problems: [ConfigurationProblem] = []
    private let source: TOMLSourceMap

    init(source: TOMLSourceMap) { self.source = source }

    func add(_ key: String, _ message: String) {
        problems.append(ConfigurationProblem(line: source.line(of: key), key: key, message: message))
    }
}

/// Reads typed values from one TOML table and notes wrong types, missing keys and keys nobody asked for.
struct TOMLTableReader {
    private let table: TOMLTable
    private let path: String
    private let collector: ProblemCollector

    init(_ table: TOMLTable, path: String, collector: ProblemCollector) {
        self.table = table
        self.path = path
        self.collector = collector
    }

    /// The full name of a key of this table.
    func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func string(_ key: String) -> String? { value(key, "a text in quotes") { $0.string } }

    func requiredString(_ key: String) -> String? {
        guard table[key] != nil else {
            collector.add(name(key), "is missing")
            return nil
        }
        return string(key)
    }

    func boolean(_ key: String) -> Bool? { value(key, "true or false") { $0.bool } }

    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        let words =
            range.count == 1 ? "\(range.lowerBound)" : "an integer from \(range.lowerBound) to \(range.upperBound)"
        return value(key, words) { found in found.int.flatMap { range.contains($0) ? $0 : nil } }
    }

    /// - words: what is asked for, such as "a number of seconds, at least 1".
    func number(_ key: String, words: String, where fits: (Double) -> Bool) -> Double? {
        value(key, words) { found in
            (found.double ?? found.int.map(Double.init)).flatMap { $0.isFinite && fits($0) ? $0 : nil }
        }
    }

    /// The elements of an array of tables, each with its full name; nil when the key is absent.
    func tables(_ key: String) -> [TOMLTableReader]? {
        guard let array = value(key, "an array of tables, [[\(name(key))]]", { $0.array }) else { return nil }
        return (0..<array.count).compactMap { index in
            let element = "\(name(key))[\(index)]"
            guard let table = array[index].table else {
                collector.add(element, "is not a table; write [[\(name(key))]]")
                return nil
            }
            return TOMLTableReader(table, path: element, collector: collector)
        }
    }

    /// A value that needs more than a type; the closure gives nil where it doesn't fit.
    func value<Value>(_ key: String, _ words: String, _ convert: (any TOMLValueConvertible) -> Value?) -> Value? {
        guard let found = table[key] else { return nil }
        if let value = convert(found) { return value }
        collector.add(name(key), "must be \(words), found \(Self.shown(found))")
        return nil
    }

    /// Notes every key that isn't among the known ones, with the closest one as a hint.
    func refuseOthers(known: [String]) {
        for key in table.keys where !known.contains(key) {
            let hint = known.min { $0.distance(to: key) < $1.distance(to: key) }.flatMap { $0.distance(to: key) <= 3 ? $0 : nil }
            let end = hint.map { "; did you mean \($0)?" } ?? "; known here: \(known.joined(separator: ", "))"
            collector.add(name(key), "is not a known key" + end)
        }
    }

    private static func shown(_ value: any TOMLValueConvertible) -> String {
        switch value.type {
        case .table: "a table"
        case .array: "an array"
        case .string: "the text \"\(value.string ?? "")\""
        default: value.debugDescription
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
