/// Spellings of options that Python's argparse accepts and the argument parser does not.
enum OptionSpelling {
    /// Options that take several values; where one is given again, Python's argparse goes by the last.
    private static let lists = ["-f", "-c", "-p", "-tr", "-chk", "-l", "-il", "-d", "-i"]

    /// Leaves out what was said again later: `-f 0 1 -f 2` means `-f 2`.
    static func lastWord(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.count
        var places: [String: [Int]] = [:]
        for (place, argument) in arguments[..<end].enumerated() where lists.contains(argument) {
            places[argument, default: []].append(place)
        }
        var dropped: Set<Int> = []
        for place in places.values.flatMap({ $0.dropLast() }) {
            dropped.insert(place)
            var next = place + 1
            while next < end, !arguments[next].hasPrefix("-") || Double(arguments[next]) != nil {
                dropped.insert(next)
                next += 1
            }
        }
        return arguments.indices.filter { !dropped.contains($0) }.map { arguments[$0] }
    }

    /// Replaces unambiguous beginnings such as `--cont` by the whole option; anything else stays.
    ///
    /// - `words`: the options of more than one letter, with their dashes.
    static func writeOut(_ arguments: [String], words: [String]) -> [String] {
        var isOver = false
        return arguments.map { argument in
            if argument == "--" { isOver = true }
            guard !isOver, argument.hasPrefix("-"), argument.count > 2 else { return argument }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let word = String(parts[0])
            guard !words.contains(word) else { return argument }
            let matches = words.filter { $0.hasPrefix(word) }
            guard matches.count == 1, let match = matches.first else { return argument }
            return parts.count == 2 ? match + "=" + parts[1] : match
        }
    }
}
