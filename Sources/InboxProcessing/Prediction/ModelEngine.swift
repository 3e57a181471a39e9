package import CasePrediction
import DICOM
import Files
import Foundation
import Imaging
import Ledger
import NIfTI
import Reporting
import TrainedModels

/// A route's models: converts, predicts, draws and reports cases.
package struct ModelEngine: CaseEngine {
    private let route: ServiceConfiguration.Route
    private let predictor: CasePredictor
    private let digests: CheckpointDigests

    package let unlikelySettings: [String]

    init(route: ServiceConfiguration.Route, predictor: CasePredictor, digests: CheckpointDigests, unlikelySettings: [String] = []) {
        self.unlikelySettings = unlikelySettings
        self.route = route
        self.predictor = predictor
        self.digests = digests
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
                let converted = try CaseConverter.convert(niftiPaths: paths, caseName: name, to: folder, isCancelled: isCancelled)
                return Conversion(channelPaths: converted.files.channelPaths, warnings: converted.warnings)
            case .dicom(let paths):
                let series = DICOMCollection(paths: paths).series
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
        _ task: PredictionTask, into folder: String, progress: (EngineProgress) -> Void, isCancelled: () -> Bool
    ) throws(StepFailure) -> [String] {
        do throws(Problem) {
            let outcome = try predictor.predict(
                CaseFiles(name: task.name, channelPaths: task.channelPaths),
                progress: { progress(EngineProgress(part: $0.step.rawValue, completed: $0.completed, total: $0.total)) },
                isCancelled: isCancelled)
            guard !isCancelled() else { throw .cancelled }
            let unusual = outcome.warnings.filter { !task.warnings.contains($0) }
            try write(outcome, of: task, warnings: predictor.modelWarnings + task.warnings + unusual, into: folder, progress: progress)
            return unusual
        } catch {
            throw StepFailure(error)
        }
    }

    private func write(
        _ outcome: borrowing CaseOutcome, of task: PredictionTask, warnings: [String], into folder: String,
        progress: (EngineProgress) -> Void
    ) throws(Problem) {
        var timings = task.timings + outcome.timings.map { StepDuration(step: $0.step.rawValue, seconds: $0.seconds) }
        // A report goes farther than the case's input.
        var warnings = warnings.map { ForeignText.replaced(in: $0, by: NameRedactor.foreignPlaceholder) }
        let base = folder + "/" + task.name
        let survey = LabelSurvey(outcome.labels)
        progress(EngineProgress(part: "write"))
        timings.append(try Self.timed("write") { () throws(Problem) in try outcome.writeLabels(to: base + ".nii.gz") })
        progress(EngineProgress(part: "overlay"))
        timings.append(
            try Self.timed("overlay") { () throws(Problem) in
                let image = try readImage(paths: [task.channelPaths[0]], as: outcome.readerWriter)
                do throws(Problem) {
                    try renderOverlay(image: image.image, labels: outcome.labels, survey: survey, request: overlayRequest(task))
                        .write(to: base + "_overlay.png")
                } catch {
                    guard error.kind != .unwritable else { throw error }
                    warnings.append("the overlay could not be drawn: \(error)")
                }
            })
        let report = try report(on: outcome, task, survey: survey, timings: timings, warnings: warnings)
        try report.write(to: base + ".json")
    }

    package func verify(_ name: String, in folder: String, of channelPaths: [String]) throws(StepFailure) {
        let mask = "\(folder)/\(name).nii.gz"
        do throws(Problem) {
            try verifyLabels(at: mask, onGridOf: channelPaths[0], as: predictor.readerWriter)
        } catch {
            // The mask is what was computed, byte by byte: whatever is wrong with it, the case is not to blame yet.
            throw .failed(
                Setback(reason: error.description, advice: "check the outbox's disk, then drop the case again"))
        }
    }

    /// The regions as dataset.json defines them; none for a model of exclusive labels.
    private var regions: [LabelRegion] {
        let labels = predictor.description.labels
        return labels.hasRegions ? labels.structures.map { LabelRegion(name: $0.name, values: $0.values) } : []
    }

    private func overlayRequest(_ task: PredictionTask) -> OverlayRequest {
        let first = predictor.models[0].folder
        let isCT = first.configuration.normalizationSchemes.first == .ct
        let range = first.plans.intensityProperties.first
        let names = predictor.models.map { "\($0.folder.plans.datasetName) \($0.folder.configurationName)" }
        return OverlayRequest(
            caseName: task.name,
            modelName: (task.warnings.contains(CasePlan.assumption) ? "completeness assumed, not known; " : "")
                + names.joined(separator: " + "),
            labelNames: first.labels.names,
            regions: regions,
            window: isCT ? range.map { .ct(low: $0.percentile005, high: $0.percentile995) } ?? .percentiles : .percentiles,
            intensityUnit: isCT ? "HU" : "")
    }

    private func report(
        on outcome: borrowing CaseOutcome, _ task: PredictionTask, survey: LabelSurvey, timings: [StepDuration], warnings: [String]
    ) throws(Problem) -> CaseReport {
        var models: [CaseReport.Model] = []
        for stage in stages { models.append(try describe(stage)) }
        return CaseReport(
            on: .init(name: task.name, id: task.caseID, route: route.name, supersedes: task.supersedes),
            software: .init(name: Software.name, version: Software.version), finishedAt: Date(),
            input: .init(
                format: task.series == nil ? "nifti" : "dicom", fileCount: task.fileCount, channelCount: channelCount,
                modality: task.series?.modality, seriesNumber: task.series?.number,
                inboxPaths: task.inboxPaths.isEmpty ? nil : task.inboxPaths),
            geometry: .init(outcome.labels.geometry), models: models,
            postprocessing: predictor.postprocessing.map { recipe in
                .init(
                    file: route.postprocessing.map { URL(filePath: $0).lastPathComponent } ?? "",
                    steps: recipe.steps.map { step in
                        "keep the largest component of label(s) \(step.labels.map(String.init).joined(separator: ", ")), others become \(step.background)"
                    })
            },
            result: .init(
                survey, names: predictor.models[0].folder.labels.names, regions: regions, geometry: outcome.labels.geometry,
                ends: outcome.scanEnds),
            timings: timings.map { .init(step: $0.step, seconds: ($0.seconds * 1000).rounded() / 1000) }, warnings: warnings)
    }

    /// Describes a model by the files that it was read from; throws where they are no longer the same.
    private func describe(_ folder: ModelFolder) throws(Problem) -> CaseReport.Model {
        let model = try describeFiles(of: folder)
        try folder.requireUnchanged()
        return model
    }

    private func describeFiles(of folder: ModelFolder) throws(Problem) -> CaseReport.Model {
        var folds: [CaseReport.Fold] = []
        for fold in folder.folds {
            folds.append(
                .init(
                    name: fold.name.description, checkpoint: URL(filePath: fold.checkpointPath).lastPathComponent,
                    checkpointSHA256: try digests.sha256(of: fold.checkpointPath)))
        }
        let paths = folder.descriptionPaths
        return CaseReport.Model(
            folder: URL(filePath: folder.path).lastPathComponent, dataset: folder.plans.datasetName, trainer: folder.trainerName,
            plans: folder.plans.name, configuration: folder.configurationName,
            folds: folds, mirroringAxes: route.mirroring ? folder.mirroringAxes ?? [] : [],
            plansSHA256: try digests.sha256(of: paths.plans), datasetSHA256: try digests.sha256(of: paths.dataset))
    }

    private static func timed(
        _ step: String, _ body: () throws(Problem) -> Void
    ) throws(Problem) -> StepDuration {
        let start = ContinuousClock.now
        try body()
        return StepDuration(step: step, seconds: (ContinuousClock.now - start).inSeconds)
    }
}
