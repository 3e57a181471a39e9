import CasePrediction
import Foundation
import InboxProcessing
import Ledger
import Synchronization
import TOML

/// An engine without a model: results are files whose content tells where they come from.
struct FakeEngine: CaseEngine {
    var channelCount = 1
    var modalities = DICOMModalities(given: nil, channelName: "image")
    var summary = ["fake"]
    var cuts: [String] = []
    var unlikelySettings: [String] = []
    /// Whether a prediction condemns its first channel's file.
    var refusesChannel = false
    /// Called at the start of each call with its name; may throw or end the process.
    var on: @Sendable (String) throws(StepFailure) -> Void = { _ in }

    func convert(
        _ input: CaseInput, name: String, into folder: String, isCancelled: () -> Bool
    ) throws(StepFailure) -> Conversion {
        try on("convert")
        let paths: [String] =
            switch input {
            case .nifti(let paths): paths
            case .dicom(let paths): [paths.joined(separator: "\n")]
            }
        let written = paths.enumerated().map { channel, source in
            let path = folder + "/" + CaseNaming.channelFile(name, channel: channel)
            let content = FileManager.default.contents(atPath: source) ?? Data(source.utf8)
            _ = FileManager.default.createFile(atPath: path, contents: content)
            return path
        }
        return Conversion(channelPaths: written, warnings: ["converted"])
    }

    func predict(
        _ record: CaseRecord, into folder: String, progress: (CaseProgress) -> Void, isCancelled: () -> Bool
    ) throws(StepFailure) -> [String] {
        if refusesChannel {
            throw .refused(Refusal(what: "holds no numbers", where: record.files.channelPaths[0], advice: "export it again"))
        }
        for tile in 0..<3 {
            if isCancelled() { throw .cancelled }
            progress(CaseProgress(step: .predict, completed: tile, total: 3))
            try on("tile \(tile)")
        }
        let mask = FileManager.default.contents(atPath: record.files.channelPaths[0]) ?? Data()
        for (ending, content) in [(".nii.gz", mask), ("_overlay.png", Data("png".utf8)), (".json", Data(record.files.name.utf8))] {
            _ = FileManager.default.createFile(atPath: "\(folder)/\(record.files.name)\(ending)", contents: content)
        }
        try on("predicted")
        return ["predicted"]
    }

    func verify(_ name: String, in folder: String, of channelPaths: [String]) throws(StepFailure) {
        try on("verify")
        guard FileManager.default.contentsEqual(atPath: "\(folder)/\(name).nii.gz", andPath: channelPaths[0]) else {
            throw .refused(Refusal(what: "the mask is not the case's", advice: ""))
        }
    }
}

/// Opens nothing; routes whose first model folder is called "broken" have a problem.
struct FakeFactory: EngineFactory {
    func makeEngine(for route: ServiceConfiguration.Route) throws(ConfigurationProblem) -> any CaseEngine {
        if route.models.first?.folder.hasSuffix("/broken") == true {
            throw ConfigurationProblem(key: "models[0].folder", message: "is damaged")
        }
        return FakeEngine()
    }
}

/// Takes files whose content starts with `DICOM <uid> <number of slices of the series>`, the number 0 where it isn't known, and a modality
/// where it isn't CT; `DAMAGED` files may be slices of every series, and `HALF` NIfTI files are not whole.
struct FakeRecognizer: SeriesRecognizing {
    func seriesUID(ofFileAt path: String) -> String? {
        let words = (FileManager.default.contents(atPath: path) ?? Data()).split(separator: 0x20)
        return words.count >= 3 && words[0] == Data("DICOM".utf8) ? String(decoding: words[1], as: UTF8.self) : nil
    }

    func instanceUID(ofFileAt path: String) -> String? {
        seriesUID(ofFileAt: path).map { $0 + "." + URL(filePath: path).lastPathComponent }
    }

    func shortfall(ofNIfTIAt path: String) -> String? {
        let content = FileManager.default.contents(atPath: path) ?? Data()
        return content.starts(with: Data("HALF".utf8)) ? "holds half of its bytes" : nil
    }

    func series(in paths: [String], folders: [String], below root: String, minimumSlices: Int?) -> RecognizedSeries {
        var found: [String: [String]] = [:]
        var others: [(path: String, reason: String)] = []
        var damaged: [(path: String, reason: String)] = []
        for path in paths {
            if FileManager.default.contents(atPath: path)?.starts(with: Data("DAMAGED".utf8)) == true {
                damaged.append((path, "is cut off"))
            } else if let uid = seriesUID(ofFileAt: path) {
                found[uid, default: []].append(path)
            } else {
                others.append((path, "no DICOM"))
            }
        }
        let series = found.sorted { $0.key < $1.key }.map { uid, files in
            let words = (FileManager.default.contents(atPath: files[0]) ?? Data()).split(separator: 0x20)
            let expected = Int(String(decoding: words[2], as: UTF8.self)) ?? 0
            let folder = folders.count > 1 ? folders.first { name in files.contains { $0.contains("/\(name)/") } } : folders.first
            let base = folder.map { found.count > 1 ? "\($0)_\(uid)" : $0 } ?? "series_\(uid)"
            var problem =
                expected == 0 || files.count == expected
                ? nil : Refusal(what: "\(files.count) of \(expected) slices", advice: "send the rest")
            if let first = damaged.first { problem = Refusal(what: first.reason, where: first.path, advice: "send it again") }
            return RecognizedSeries.Series(
                name: base, paths: files, modality: words.count > 3 ? String(decoding: words[3], as: UTF8.self) : "CT", problem: problem,
                mayPass: problem != nil, wholeness: expected == 0 ? .assumed : .known("the number of slices"))
        }
        return RecognizedSeries(series: series, others: others, damaged: damaged)
    }
}
