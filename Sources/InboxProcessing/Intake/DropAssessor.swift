package import CasePrediction
import Files
import Ledger
import SystemPackage

/// Finds the cases in a settled drop and says whether each is complete.
package struct DropAssessor: Sendable {
    /// The inbox, absolute.
    let inbox: String
    /// Channels the route's models take.
    let channelCount: Int
    /// DICOM modalities that they take.
    let modalities: DICOMModalities
    /// The route's `min_slices`.
    let minimumSlices: Int?
    let recognizer: any SeriesRecognizing

    package init(
        inbox: String, channelCount: Int, modalities: DICOMModalities, minimumSlices: Int? = nil, recognizer: any SeriesRecognizing
    ) {
        self.inbox = inbox
        self.channelCount = channelCount
        self.modalities = modalities
        self.minimumSlices = minimumSlices
        self.recognizer = recognizer
    }

    /// The cases of a drop whose paths are all text; never empty.
    package func plans(for drop: Drop) -> [CasePlan] {
        let paths = drop.files.compactMap { $0.path.text }
        let folders = drop.folders.compactMap(\.text)
        let (images, rest) = Self.niftiCases(among: paths)
        let found = rest.isEmpty ? RecognizedSeries(series: [], others: []) : series(in: rest, beside: drop.beside, folders)
        let populations = Dictionary(grouping: images, by: \.place).mapValues(\.count)
        var plans = images.map { image in
            let isAlone = populations[image.place] == 1 && found.series.isEmpty
            return niftiPlan(image.stem, called: image.name(isAlone: isAlone), image.files)
        }
        plans += found.series.map(dicomPlan)
        return unfinished(attach(found.others + found.damaged, to: plans, folder: folders.first), drop)
    }

    /// A case in a folder in which a transfer was never finished is not known to be whole.
    private func unfinished(_ plans: [CasePlan], _ drop: Drop) -> [CasePlan] {
        guard !drop.folders.isEmpty, let file = drop.unfinished.first(where: { if case .transfer = $0.stage { true } else { false } })
        else {
            return plans
        }
        return plans.map { plan in
            guard plan.refusal == nil else { return plan }
            var plan = plan
            plan.refusal = Refusal(
                what: "its transfer was never finished", where: file.path.shown,
                advice: "send the case again, or drop it without this file if that is nothing of the case's")
            plan.mayBecomeComplete = true
            return plan
        }
    }

    /// The series of a drop's files. What lies beside them counts where it may be a part of such a series, and is no matter else.
    private func series(in paths: [String], beside: [InboxSnapshot.File], _ folders: [String]) -> RecognizedSeries {
        var found = series(in: paths + beside.compactMap { $0.path.text }, folders)
        guard !beside.isEmpty else { return found }
        let own = Set(paths.map { FilePath($0) })
        found.series.removeAll { $0.paths.allSatisfy { !own.contains(FilePath($0)) } }
        found.others.removeAll { !own.contains(FilePath($0.path)) }
        found.damaged.removeAll { !own.contains(FilePath($0.path)) }
        return found
    }

    private func series(in paths: [String], _ folders: [String]) -> RecognizedSeries {
        let start = inbox.utf8.count + 1
        let relative = { (path: String) in String(path.utf8.dropFirst(start)) ?? path }
        let found = recognizer.series(
            in: paths.map { inbox + "/" + $0 }, folders: folders, below: inbox, minimumSlices: minimumSlices)
        return RecognizedSeries(
            series: found.series.map { series in
                .init(
                    name: series.name, paths: series.paths.map(relative), modality: series.modality, problem: series.problem,
                    mayPass: series.mayPass, wholeness: series.wholeness, warnings: series.warnings)
            },
            others: found.others.map { (relative($0.path), $0.reason) }, damaged: found.damaged.map { (relative($0.path), $0.reason) })
    }

    /// - `name`: as the files say.
    /// - `caseName`: as the folders say, where there are some.
    private func niftiPlan(_ name: String, called caseName: String, _ files: [String]) -> CasePlan {
        var channels: [Int: [String]] = [:]
        for file in files { channels[CaseNaming.parse(Self.fileName(file))?.channel ?? 0, default: []].append(file) }
        let ordered = channels.sorted { $0.key < $1.key }.flatMap(\.value)
        var plan = CasePlan(name: CaseNaming.safeName(caseName), kind: .nifti, files: ordered)
        let missing = (0..<channelCount).filter { channels[$0] == nil }
        let extra = channels.keys.filter { $0 >= channelCount }.sorted()
        let shown = { (numbers: [Int]) in numbers.map { CaseNaming.channelFile(name, channel: $0) }.joined(separator: ", ") }
        if let twice = channels.sorted(by: { $0.key < $1.key }).first(where: { $0.value.count > 1 }) {
            plan.refusal = Refusal(
                what: "channel \(twice.key) of case \(name) is there \(twice.value.count) times: " + twice.value.joined(separator: ", "),
                advice: "keep one file for each channel and drop the case again")
        } else if !extra.isEmpty {
            plan.refusal = Refusal(
                what: "\(shown(extra)) is a channel the model doesn't have; it takes \(channelCount)",
                advice: "a file name's last _ and four digits are its channel; rename or leave out what doesn't belong, and drop it again")
        } else if !missing.isEmpty {
            plan.refusal = Refusal(
                what: "the model takes \(channelCount) channels; missing: \(shown(missing))",
                advice: "drop all channels of the case together, named \(CaseNaming.channelFile(name, channel: 0)) and so on")
            plan.mayBecomeComplete = true
        } else if let refusal = shortfall(of: ordered) {
            plan.refusal = refusal
            plan.mayBecomeComplete = true
        }
        return plan
    }

    private func shortfall(of files: [String]) -> Refusal? {
        for file in files {
            guard let shortfall = recognizer.shortfall(ofNIfTIAt: inbox + "/" + file) else { continue }
            return Refusal(what: shortfall, where: file, advice: "send the file again")
        }
        return nil
    }

    func dicomPlan(_ series: RecognizedSeries.Series) -> CasePlan {
        var plan = CasePlan(name: series.name, kind: .dicom, files: series.paths.sorted(), refusal: series.problem)
        plan.mayBecomeComplete = series.mayPass
        plan.wholeness = series.wholeness
        plan.warnings = series.warnings
        if series.wholeness == .assumed { plan.warnings.append(CasePlan.assumption) }
        if let problem = modalities.problem(with: series.modality) {
            plan.refusal = Refusal(what: problem, advice: modalities.advice(for: series.modality, howToAllow: modalities.keyThatAllows))
            plan.mayBecomeComplete = false
        }
        if channelCount != 1 {
            plan.refusal = Refusal(
                what: "a DICOM series gives one channel, the model takes \(channelCount)",
                advice: "convert the series to \(channelCount) NIfTI files on one grid and drop those")
            plan.mayBecomeComplete = false
        }
        return plan
    }

    /// Files that are no image stay with the drop's first case; alone, they make a case that is refused.
    private func attach(_ others: [(path: String, reason: String)], to plans: [CasePlan], folder: String?) -> [CasePlan] {
        guard !others.isEmpty else { return plans }
        var plans = plans
        let names = others.map(\.path).sorted()
        let reasons = others.prefix(3).map { "\($0.path) (\($0.reason))" }.joined(separator: ", ") + (others.count > 3 ? ", …" : "")
        guard !plans.isEmpty else {
            let stem = Self.fileName(names[0]).split(separator: ".").first.map(String.init) ?? ""
            let isDICOM = names.contains { recognizer.seriesUID(ofFileAt: inbox + "/" + $0) != nil }
            let refusal = Refusal(
                what: "no image was found: \(reasons)",
                advice: isDICOM
                    ? "drop the series that the model is made for, as single slices with all that belongs to them, or convert it to NIfTI"
                    : "drop NIfTI files (.nii.gz, .nii) or a folder with the DICOM files of a series")
            return [
                CasePlan(name: CaseNaming.safeName(folder ?? stem, fallback: "file"), kind: .unrecognized, files: names, refusal: refusal)
            ]
        }
        plans[0].companions = names
        plans[0].warnings.append("\(others.count) file(s) that came along are no image of a case: \(reasons)")
        return plans
    }

    static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
