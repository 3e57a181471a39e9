package import Files
import ImageFiles

extension CaseGrouping {
    /// The endings of files that lie in the patient: NIfTI, NRRD, MetaImage, GIPL.
    package static let medicalEndings = ReaderWriter.simpleITK.fileEndings

    /// The cases among the images of a folder that lie in the patient, however many channels: `case.nii.gz` is one, `case_0000.nii.gz` … are one together.
    ///
    /// Two files that claim the same channel or a channel that is left out refuse their case and no other.
    /// - Throws: `.missing` where there is no such folder.
    package static func medicalCases(in folder: String) throws(Problem) -> FoundCases {
        var channels: [String: [Int: String]] = [:]
        var problems: [String: [String]] = [:]
        var nameless: [FoundCases.Refused] = []
        let entries = try entries(of: folder)
        for (name, isFolder) in entries where !isFolder {
            guard let parsed = CaseNaming.parse(name, endings: medicalEndings) else {
                if medicalEndings.contains(where: name.hasSuffix) {
                    nameless.append(.init(name: name, error: self.nameless(name, in: folder, "rename it")))
                }
                continue
            }
            let channel = parsed.channel ?? 0
            if let other = channels[parsed.caseName]?[channel] {
                problems[parsed.caseName, default: []].append("\(name) and \(other) are both channel \(channel) of \(parsed.caseName)")
            }
            channels[parsed.caseName, default: [:]][channel] = name
        }
        var cases: [CaseFiles] = []
        var refused = nameless
        for name in channels.keys.sorted(by: CaseNaming.precedes) {
            let found = channels[name] ?? [:]
            let gaps = channelProblems(of: name, found: Set(found.keys), channelCount: (found.keys.max() ?? 0) + 1)
            let all = (problems[name] ?? []) + gaps
            if all.isEmpty {
                cases.append(CaseFiles(name: name, channelPaths: found.sorted { $0.key < $1.key }.map { folder + "/" + $0.value }))
            } else {
                let advice = "rename or remove these files"
                refused.append(.init(name: name, error: .badInput(path: folder, problem: summary(of: all), advice: advice)))
            }
        }
        return FoundCases(cases: cases, refused: refused, passedOver: passedOver(entries, in: folder, endings: medicalEndings))
    }
}
