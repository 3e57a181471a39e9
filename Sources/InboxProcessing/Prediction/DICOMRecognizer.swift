import CasePrediction
package import DICOM
import Files
import Ledger
import NIfTI

/// Finds DICOM series by reading headers and proves their grids.
package struct DICOMRecognizer: SeriesRecognizing {
    private let headers: DICOMHeaders

    /// - Parameter headers: of files that were read before; converting finds those that were read here.
    package init(headers: DICOMHeaders = DICOMHeaders()) { self.headers = headers }

    package func seriesUID(ofFileAt path: String) -> String? {
        headers.classify(path: path).seriesInstanceUID
    }

    package func instanceUID(ofFileAt path: String) -> String? {
        guard case .slice(let header) = headers.classify(path: path), !header.sopInstanceUID.isEmpty else { return nil }
        return header.sopInstanceUID
    }

    package func shortfall(ofNIfTIAt path: String) -> String? { NIfTIProbe.shortfall(path: path) }

    package func series(in paths: [String], folders: [String], below root: String, minimumSlices: Int?) -> RecognizedSeries {
        let found = CaseGrouping.dicomCases(paths: paths, folders: folders, below: root, minimumSlices: minimumSlices, headers: headers)
        return RecognizedSeries(
            series: found.cases.map { item in
                let (problem, mayPass) = Self.problem(of: item)
                return .init(
                    name: item.name, paths: item.series.files.map(\.path), modality: item.series.modality, problem: problem,
                    mayPass: mayPass, wholeness: item.series.wholeness, warnings: item.warnings)
            }, others: found.otherObjects, damaged: found.damaged)
    }

    private static func problem(of item: DICOMCase) -> (Refusal?, mayPass: Bool) {
        do throws(Problem) {
            _ = try item.series.regularSeries()
        } catch {
            return (Refusal(error), Self.mayPass(error))
        }
        guard let shortage = item.shortage else { return (nil, false) }
        return (Refusal(shortage), true)
    }

    /// Whether more or better files could cure it: slices are missing, or a file can't be read (yet).
    private static func mayPass(_ problem: Problem) -> Bool {
        [.incomplete, .damaged, .truncated, .unreadable, .unavailable].contains(problem.kind)
    }
}
