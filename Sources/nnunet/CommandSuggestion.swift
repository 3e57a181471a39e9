/// What to say about a command that is not there.
enum CommandSuggestion {
    /// nnU-Net's other commands, behind `nnUNetv2_`: they plan, train, or move data sets and models.
    private static let upstreamOnly = [
        "plan_and_preprocess", "preprocess", "train",
    ]

    /// The failure of a name that is no command, with the one that may be meant; nil where the name is a command's.
    static func refusal(of name: String) -> Failure? {
        let own = NnUNet.configuration.subcommands.compactMap { $0.configuration.commandName }
        let plain = name.hasPrefix(ProgramName.upstreamPrefix) ? String(name.dropFirst(ProgramName.upstreamPrefix.count)) : name
        if name == "help" || own.contains(name) { return nil }
        if own.contains(plain) { return Failure(.usage, "there is no command '\(name)'; did you mean '\(ProgramName.own) \(plain)'?") }
        if upstreamOnly.contains(plain) {
            return Failure(
                .usage,
                "'\(plain)' is a command of nnU-Net's that this program does not have; run \(ProgramName.upstreamPrefix + plain) where "
                    + "nnU-Net is installed")
        }
        let guess = closest(to: plain, among: own) ?? closest(to: plain, among: upstreamOnly)
        let meant = guess.map { "did you mean '\($0)'?" } ?? "'\(ProgramName.own) --help' lists the commands"
        return Failure(.usage, "there is no command '\(name)'; \(meant)")
    }

    /// The word that is fewest typing errors away, or that the text begins; nil where none is near.
    private static func closest(to text: String, among words: [String]) -> String? {
        let near = words.map { (word: $0, distance: distance(Array(text.lowercased().utf8), Array($0.lowercased().utf8))) }
            .min { $0.distance < $1.distance }
        if let near, near.distance <= max(1, text.utf8.count / 3) { return near.word }
        return text.utf8.count > 2 ? words.first { $0.hasPrefix(text) } : nil
    }

    /// Letters to add, leave out, replace or swap with their neighbour (optimal string alignment).
    private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var rows = [Array(0...second.count)]
        for i in 0..<first.count {
            var row = [i + 1]
            for j in 0..<second.count {
                var best = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (first[i] == second[j] ? 0 : 1))
                if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[first.count][second.count]
    }
}
