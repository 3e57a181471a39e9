import CasePrediction
import Foundation

/// A case to predict: files in nnU-Net naming, or a DICOM series that is converted on the way.
enum InputCase {
    case files(CaseFiles)
    case series(DICOMCase)

    /// The case's name.
    var name: String {
        switch self {
        case .files(let files): files.name
        case .series(let item): item.name
        }
    }

    /// The cases of a folder: NIfTI files in nnU-Net naming where there are any, DICOM series otherwise.
    static func find(in folder: String, fileEnding: String, channelCount: Int) throws -> [InputCase] {
        let files = try CaseGrouping.nnUNetCases(in: folder, fileEnding: fileEnding, channelCount: channelCount)
        if !files.isEmpty { return files.map(InputCase.files) }
        let found = try CaseGrouping.dicomCases(in: folder)
        for other in found.passedOver where !other.reason.isEmpty {
            Console.problem("\(other.path): passed over: \(other.reason)")
        }
        guard !found.cases.isEmpty else {
            if let damaged = found.damaged.first { throw Failure(.badInput, "\(damaged.path): \(damaged.reason); export or copy it again") }
            throw Failure(.missing, "\(folder): no case here: neither files named <case>_0000\(fileEnding) nor a DICOM series")
        }
        guard channelCount == 1 else {
            throw Failure(
                .badInput,
                "\(folder): the model takes \(channelCount) channels, and DICOM series do not say which channel they are; "
                    + "convert them (nnunet convert) and name the files <case>_0000\(fileEnding) to "
                    + CaseNaming.channelFile("<case>", channel: channelCount - 1, ending: fileEnding))
        }
        return found.cases.map(InputCase.series)
    }

    /// Hands over the case's files and the warnings of their conversion; converted files live only meanwhile.
    func withFiles<Result>(temporaryBelow folder: String, _ body: (CaseFiles, [String]) throws -> Result) throws -> Result {
        switch self {
        case .files(let files): return try body(files, [])
        case .series(let item):
            let temporary = folder + "/.convert-" + UUID().uuidString
            try makeFolder(temporary)
            defer { try? FileManager.default.removeItem(atPath: temporary) }
            let converted = try CaseConverter.convert(item, to: temporary)
            return try body(converted.files, converted.warnings)
        }
    }
}
