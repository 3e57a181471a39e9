package import Files
import Foundation
package import NIfTI
import Plans
import Reporting
import SystemPackage
package import TrainedModels

/// What is said about the case for machines and people (`CaseReport`); written last, since it tells of the other files.
package struct ReportFile: ResultFile {
    let predictor: CasePredictor
    let known: KnownCheckpoints
    /// The postprocessing recipe's file.
    let postprocessing: String?

    package var step: CaseStep { .report }
    package var ending: String { ".json" }

    package init(predictor: CasePredictor, known: KnownCheckpoints, postprocessing: String? = nil) {
        self.predictor = predictor
        self.known = known
        self.postprocessing = postprocessing
    }

    package func write(_ outcome: borrowing CaseOutcome, _ record: inout CaseRecord, to path: String) throws(Problem) {
        var models: [CaseReport.Model] = []
        for stage in predictor.models.flatMap(\.stages) { models.append(try describe(stage)) }
        let report = CaseReport(
            on: record.identity, software: .init(name: Software.name, version: Software.version), finishedAt: Date(), input: record.input,
            geometry: .init(outcome.labels.geometry), models: models,
            postprocessing: predictor.postprocessing.map(describe),
            result: .init(
                record.survey(of: outcome.labels), names: predictor.description.labels.names, regions: predictor.regions,
                geometry: outcome.labels.geometry, ends: outcome.scanEnds),
            timings: record.timings.map { StepTiming(step: $0.step, seconds: ($0.seconds * 1000).rounded() / 1000) },
            // A report goes farther than the case's input.
            warnings: (predictor.modelWarnings + record.warnings).map { ForeignText.replaced(in: $0) })
        try report.write(to: path)
    }

    package func verify(_ path: String, of caseName: String, onGridOf input: ImageSource) throws(Problem) {
        let found: CaseReport
        do throws(Problem) {
            found = try CaseReport(json: try FileSystem.readBytes(FilePath(path), limit: CaseReport.longest))
        } catch {
            throw error.at(path)
        }
        guard found.caseName == caseName else {
            throw .verificationFailed(path: path, reason: "it is the report of case \(ForeignText.marked(found.caseName))")
        }
    }

    private func describe(_ recipe: PostprocessingRecipe) -> CaseReport.Postprocessing {
        .init(
            file: postprocessing.map { URL(filePath: $0).lastPathComponent } ?? "",
            steps: recipe.steps.map { step in
                "keep the largest component of label(s) \(step.labels.map(String.init).joined(separator: ", ")), others become \(step.background)"
            })
    }

    /// Describes a model by the files that it was read from; throws where they are no longer the same.
    private func describe(_ folder: ModelFolder) throws(Problem) -> CaseReport.Model {
        var folds: [CaseReport.Fold] = []
        for fold in folder.folds {
            folds.append(
                .init(
                    name: fold.name.description, checkpoint: URL(filePath: fold.checkpointPath).lastPathComponent,
                    checkpointSHA256: try known.sha256(of: fold.checkpointPath)))
        }
        let paths = folder.descriptionPaths
        var model = CaseReport.Model(
            folder: URL(filePath: folder.path).lastPathComponent, dataset: folder.plans.datasetName, trainer: folder.trainerName,
            plans: folder.plans.name, configuration: folder.configurationName,
            folds: folds, mirroringAxes: predictor.options.useMirroring ? folder.mirroringAxes ?? [] : [],
            plansSHA256: try known.sha256(of: paths.plans), datasetSHA256: try known.sha256(of: paths.dataset))
        model.stepSize = predictor.options.stepSize
        let shortcuts = predictor.options.shortcuts(of: folder)
        model.shortcuts = shortcuts.isEmpty ? nil : shortcuts.map(\.rawValue)
        try folder.requireUnchanged()
        return model
    }
}
