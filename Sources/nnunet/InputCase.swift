import CasePrediction
import DICOM
import Files
import Foundation
import ImageFiles
import NIfTI

/// A case to predict: files in nnU-Net naming, or a DICOM series that is converted on the way; or what was meant as one and can't be.
enum InputCase {
    case files(CaseFiles)
    case series(DICOMCase)
    case refused(FoundCases.Refused)

    /// The case's name.
    var name: String {
        switch self {
        case .files(let files): files.name
        case .series(let item): item.name
        case .refused(let item): item.name
        }
    }

    /// The files that are read.
    var paths: [String] {
        switch self {
        case .files(let files): files.channelPaths
        case .series(let item): item.series.files.map(\.path)
        case .refused: []
        }
    }

    /// The cases of a folder, sorted: files in nnU-Net naming where there are any, DICOM series otherwise, which can't stand for pictures.
    ///
    /// - `output`: must lie outside the folder where sub-folders are read; not named where it is passed over.
    static func find(
        in folder: String, for predictor: CasePredictor, minimumSlices: Int?, output: OutputFolder
    ) throws -> [InputCase] {
        let (fileEnding, reader) = (predictor.fileEnding, predictor.readerWriter)
        let found = try CaseGrouping.nnUNetCases(
            in: folder, fileEnding: fileEnding, channelCount: reader.filesHoldSeveralChannels ? nil : predictor.channelCount)
        let refused = found.refused.map(InputCase.refused)
        if !found.cases.isEmpty {
            let results = FileIdentity(output.path)
            Console.passedOver(found.passedOver.filter { results == nil || FileIdentity($0.path) != results })
            return (found.cases.map(InputCase.files) + refused).sorted { CaseNaming.precedes($0.name, $1.name) }
        }
        guard reader.isMedical else {
            if !refused.isEmpty { return refused }
            throw Failure(.missing, "\(folder): no case here: no files named <case>_0000\(fileEnding)")
        }
        return try series(in: folder, for: predictor, minimumSlices: minimumSlices, output: output, beside: found)
    }

    /// The DICOM series of a folder without files in nnU-Net naming.
    private static func series(
        in folder: String, for predictor: CasePredictor, minimumSlices: Int?, output: OutputFolder, beside found: FoundCases
    ) throws -> [InputCase] {
        let (fileEnding, channelCount) = (predictor.fileEnding, predictor.channelCount)
        let refused = found.refused.map(InputCase.refused)
        let series = try CaseGrouping.dicomCases(in: folder, minimumSlices: minimumSlices)
        let files = Dictionary(found.passedOver.map { ($0.path, $0.reason) }) { first, _ in first }
        // Files that were meant as cases say themselves what is wrong with them.
        if series.cases.isEmpty, !refused.isEmpty { return refused }
        Console.passedOver(series.passedOver.filter { !$0.reason.isEmpty }.map { ($0.path, files[$0.path] ?? $0.reason) })
        guard !series.cases.isEmpty else {
            if let damaged = series.damaged.first {
                throw Failure(.badInput, "\(damaged.path): \(damaged.reason); export or copy it again")
            }
            if let other = series.otherObjects.first(where: { DICOMProbe.isDICOM(path: $0.path) }) {
                throw Failure(.badInput, "\(folder): no DICOM series that can be used: \(other.path) \(other.reason)")
            }
            throw Failure(.missing, "\(folder): no case here: neither files named <case>_0000\(fileEnding) nor a DICOM series")
        }
        try output.requireOutside(folder, option: "-i")
        guard channelCount == 1 else {
            throw Failure(
                .badInput,
                "\(folder): the model takes \(channelCount) channels, and DICOM series do not say which channel they are; "
                    + "convert them (nnunet convert) and name the files <case>_0000\(fileEnding) to "
                    + CaseNaming.channelFile("<case>", channel: channelCount - 1, ending: fileEnding))
        }
        return series.cases.map(InputCase.series) + refused
    }

    /// Hands over the case's files and the warnings of their conversion; converted files live only meanwhile.
    func withFiles<Result>(temporaryBelow folder: String, _ body: (CaseFiles, [String]) throws -> Result) throws -> Result {
        switch self {
        case .refused(let item): throw item.error
        case .files(let files): return try body(files, [])
        case .series(let item):
            let temporary = folder + "/.convert-" + UUID().uuidString
            try makeFolder(temporary)
            defer { try? FileManager.default.removeItem(atPath: temporary) }
            let converted = try CaseConverter.convert(item, to: temporary)
            return try body(converted.files, converted.warnings)
        }
    }

    /// The case's grid, from reading every voxel, so that a damaged case has none.
    func source(as reader: ReaderWriter) throws -> ImageSource {
        switch self {
        case .refused(let item): throw item.error
        case .files(let files): return try readImage(paths: files.channelPaths, as: reader).source
        case .series(let item): return ImageSource(geometry: try readDICOMSeries(try item.series.regularSeries()).geometry)
        }
    }
}
