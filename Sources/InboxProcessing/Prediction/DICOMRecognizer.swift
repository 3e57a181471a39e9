import CasePrediction
import ImageIO

/// Finds DICOM series by reading headers and proves their grids.
package struct DICOMRecognizer: SeriesRecognizing {
    package init() {}

    package func seriesUID(ofFileAt path: String) -> String? {
        DICOMProbe.classify(path: path).seriesInstanceUID
    }

    package func shortfall(ofNIfTIAt path: String) -> String? { NIfTIProbe.shortfall(path: path) }

    package func series(in paths: [String], folderName: String?) -> RecognizedSeries {
        let found = CaseGrouping.dicomCases(paths: paths, folderName: folderName)
        return RecognizedSeries(
            series: found.cases.map { item in
                let (problem, mayPass) = Self.problem(of: item.series)
                return .init(
                    name: item.name, paths: item.series.files.map(\.path), modality: item.series.modality, problem: problem,
                    mayPass: mayPass, wholeness: item.series.wholeness)
            }, others: found.otherObjects, damaged: found.damaged)
    }

    private static func problem(of series: DICOMSeriesCandidate) -> (Refusal?, mayPass: Bool) {
        do {
            _ = try series.regularSeries()
            return (nil, false)
        } catch {
            let failure = CasePredictionError(error)
            let mayPass = if case .incompleteSeries = error { true } else { false }
            return (Refusal(what: failure.problem, where: failure.path, advice: failure.advice), mayPass)
        }
    }
}
