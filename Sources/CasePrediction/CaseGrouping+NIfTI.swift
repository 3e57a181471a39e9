extension CaseGrouping {
    /// The cases among the NIfTI files of a folder, however many channels: `case.nii.gz` is one, `case_0000.nii.gz` … are one together.
    ///
    /// - Throws: `.badInput` where two files claim the same channel of a case or a channel is left out, all of them named.
    public static func niftiCases(in folder: String) throws(CasePredictionError) -> [CaseFiles] {
        var channels: [String: [Int: String]] = [:]
        var problems: [String] = []
        for name in try fileNames(in: folder) {
            guard let parsed = CaseNaming.parse(name) else { continue }
            let channel = parsed.channel ?? 0
            if let other = channels[parsed.caseName]?[channel] {
                problems.append("\(name) and \(other) are both channel \(channel) of \(parsed.caseName)")
            }
            channels[parsed.caseName, default: [:]][channel] = name
        }
        let cases = channels.keys.sorted(by: CaseNaming.precedes).map { name in
            let found = channels[name] ?? [:]
            problems += channelProblems(of: name, found: Set(found.keys), channelCount: found.count).filter { $0.hasSuffix("is missing") }
            return CaseFiles(name: name, channelPaths: found.sorted { $0.key < $1.key }.map { folder + "/" + $0.value })
        }
        guard problems.isEmpty else {
            throw .badInput(path: folder, problem: summary(of: problems), advice: "rename or remove these files")
        }
        return cases
    }
}
