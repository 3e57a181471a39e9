import CasePrediction
import ImageIO

/// Finds DICOM series by reading headers and proves their grids.
package struct DICOMRecognizer: SeriesRecognizing {
    package init() {}

    package func seriesUID(ofFileAt path: String) -> String? {
        guard DICOMProbe.isDICOM(path: path), let header = try? DICOMProbe.header(path: path) else { return nil }
        return header.seriesInstanceUID
    }

    package func series(in paths: [String], folderName: String?) -> RecognizedSeries {
        let dicom = Set(paths.filter { DICOMProbe.isDICOM(path: $0) })
        let found = CaseGrouping.dicomCases(paths: paths.filter(dicom.contains), folderName: folderName)
        let strangers = paths.filter { !dicom.contains($0) }.map { (path: $0, reason: "neither NIfTI nor DICOM") }
        return RecognizedSeries(
            series: found.cases.map { item in
                .init(name: item.name, paths: item.series.files.map(\.path), problem: Self.problem(of: item.series))
            }, others: found.otherObjects + strangers)
    }

    private static func problem(of series: DICOMSeriesCandidate) -> Refusal? {
        do {
            _ = try series.regularSeries()
            return nil
        } catch {
            let failure = CasePredictionError(error)
            return Refusal(
                what: failure.problem, where: failure.path,
                advice: failure.advice.isEmpty ? "send the complete series again" : failure.advice)
        }
    }
}
