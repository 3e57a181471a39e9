package import CasePrediction
import DICOM
import Files
import ImageFiles
import Ledger
import TrainedModels

/// A route's models: converts, predicts, draws and reports cases.
package struct ModelEngine: CaseEngine {
    private let predictor: CasePredictor
    private let results: ResultSet
    private let headers: DICOMHeaders

    package let unlikelySettings: [String]

    init(predictor: CasePredictor, results: ResultSet, headers: DICOMHeaders, unlikelySettings: [String] = []) {
        self.predictor = predictor
        self.results = results
        self.headers = headers
        self.unlikelySettings = unlikelySettings
    }

    package var channelCount: Int { predictor.channelCount }

    package var modalities: DICOMModalities { predictor.modalities }

    package var summary: [String] {
        stages.map { stage in
            let labels = stage.labels.names.sorted { $0.key < $1.key }
            let meaning =
                stage.labels.hasRegions
                ? "mask values " + labels.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
                : "labels " + labels.map(\.value).joined(separator: ", ")
            return "\(stage.path): folds \(stage.folds.map(\.name.description).joined(separator: ", ")); \(meaning)"
        }
    }

    package var cuts: [String] {
        let names = predictor.description.labels.names
        let named = { (label: Int) in names[label].map { "\($0) (\(label))" } ?? "label \(label)" }
        return (predictor.postprocessing?.steps ?? []).map { step in
            "of \(step.labels.map(named).joined(separator: " and ")) only the largest component stays, the rest becomes \(named(step.background))"
        }
    }

    private var stages: [ModelFolder] { predictor.models.flatMap(\.stages) }

    package func convert(
        _ input: CaseInput, name: String, into folder: String, isCancelled: () -> Bool
    ) throws(StepFailure) -> Conversion {
        do throws(Problem) {
            switch input {
            case .nifti(let paths):
                let converted = try CaseConverter.convert(imagePaths: paths, caseName: name, to: folder, isCancelled: isCancelled)
                return Conversion(channelPaths: converted.files.channelPaths, warnings: converted.warnings)
            case .dicom(let paths):
                let series = DICOMCollection(paths: paths, headers: headers).series
                guard let only = series.first, series.count == 1 else {
                    throw .badInput(
                        path: name, problem: "the files make \(series.count) DICOM series instead of one",
                        advice: "drop the series again, by itself")
                }
                try modalities.check(only, howToAllow: modalities.keyThatAllows)
                let regular = try only.regularSeries()
                let converted = try CaseConverter.convert(regular, caseName: name, channel: 0, to: folder)
                return Conversion(
                    channelPaths: converted.files.channelPaths, warnings: converted.warnings,
                    series: SeriesFacts(modality: only.modality, number: only.seriesNumber))
            }
        } catch {
            throw StepFailure(error)
        }
    }

    package func predict(
        _ record: CaseRecord, into folder: String, progress: (CaseProgress) -> Void, isCancelled: () -> Bool
    ) throws(StepFailure) -> [String] {
        var record = record
        let known = record.warnings.count
        do throws(Problem) {
            let outcome = try predictor.predict(record.files, progress: progress, isCancelled: isCancelled)
            guard !isCancelled() else { throw .cancelled }
            try results.write(outcome, &record, into: folder) { progress(CaseProgress(step: $0)) }
            return Array(record.warnings.dropFirst(known))
        } catch {
            throw StepFailure(error)
        }
    }

    package func verify(_ name: String, in folder: String, of channelPaths: [String]) throws(StepFailure) {
        do throws(Problem) {
            try results.verify(name, in: folder, onGridOf: readGrid(path: channelPaths[0], as: predictor.readerWriter))
        } catch {
            // The files are what was computed, byte by byte: whatever is wrong with them, the case is not to blame yet.
            throw .failed(Setback(reason: error.description, advice: "check the outbox's disk, then drop the case again"))
        }
    }
}
