/// Spellings of options that Python's argparse accepts and the argument parser does not.
enum OptionSpelling {
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
