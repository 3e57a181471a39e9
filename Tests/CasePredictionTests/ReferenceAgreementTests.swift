import CasePrediction
import Evaluation
import Imaging
import NIfTI
import Plans
import Tensors
import Testing
import TestSupport
import TrainedModels

/// Whole predictions from files to labels against what nnunetv2 2.8.1 wrote for the same files.
///
/// Labels must agree in at least 99.99 % of voxels and with a Dice of at least 0.999 for every label; the geometry must be identical.
@Suite(.serialized, .enabled(if: SharedReference.isAvailable, "needs ../shared"))
struct `Predictions of the reference cases` {
    /// One run of upstream's: which models on which cases.
    struct Run: Sendable, CustomTestStringConvertible {
        let name: String
        let models: [(path: String, folds: [FoldName])]
        let inputs: String
        let cases: [String]
        var useMirroring = true
        var previousStage: String?
        var recipe: String?

        var testDescription: String { name }
    }

    private static let hippocampus = "models/Dataset004_Hippocampus/nnUNetTrainer__nnUNet"
    private static let head = "models/Dataset501_HeadCT/nnUNetTrainer__nnUNetPlansSmall__"
    private static let threeFolds: [FoldName] = [.number(0), .number(1), .number(2)]
    private static let hippocampusCases = ["098", "101", "104", "105", "109"].map { "hippocampus_" + $0 }

    static let runs: [Run] = [
        Run(
            name: "hippocampus/3d_fullres_fold0_notta", models: [(hippocampus + "PlansSmall__3d_fullres", [.number(0)])],
            inputs: "cases/hippocampus", cases: hippocampusCases, useMirroring: false),
        Run(
            name: "hippocampus/3d_fullres_folds012", models: [(hippocampus + "PlansSmall__3d_fullres", threeFolds)],
            inputs: "cases/hippocampus", cases: hippocampusCases),
        Run(
            name: "hippocampus/2d_folds012", models: [(hippocampus + "PlansSmall__2d", threeFolds)], inputs: "cases/hippocampus",
            cases: hippocampusCases),
        Run(
            name: "hippocampus/resenc_fold0", models: [(hippocampus + "ResEncSmall__3d_fullres", [.number(0)])],
            inputs: "cases/hippocampus", cases: hippocampusCases),
        Run(
            name: "hippocampus/ensemble_3d_2d",
            models: [(hippocampus + "PlansSmall__3d_fullres", threeFolds), (hippocampus + "PlansSmall__2d", threeFolds)],
            inputs: "cases/hippocampus", cases: hippocampusCases),
        Run(
            name: "hippocampus/ensemble_3d_2d_postprocessed",
            models: [(hippocampus + "PlansSmall__3d_fullres", threeFolds), (hippocampus + "PlansSmall__2d", threeFolds)],
            inputs: "cases/hippocampus", cases: hippocampusCases,
            recipe: "expected/best_configuration/ensemble___nnUNetTrainer__nnUNetPlansSmall__2d___"
                + "nnUNetTrainer__nnUNetPlansSmall__3d_fullres___0_1_2/postprocessing.pkl"),
        Run(name: "head_ct/3d_lowres", models: [(head + "3d_lowres", [.all])], inputs: "cases/head_ct", cases: ["head_03", "head_11"]),
        Run(name: "head_ct/3d_fullres", models: [(head + "3d_fullres", [.all])], inputs: "cases/head_ct", cases: ["head_11"]),
        Run(
            name: "head_ct/3d_cascade_fullres", models: [(head + "3d_cascade_fullres", [.all])], inputs: "cases/head_ct",
            cases: ["head_11"], previousStage: "expected/head_ct/3d_lowres"),
        Run(
            name: "brain_mr/3d_fullres", models: [("models/Dataset502_BrainMR/nnUNetTrainer__nnUNetPlansSmall__3d_fullres", [.all])],
            inputs: "cases/brain_mr", cases: ["brain_03"]),
    ]

    @Test(arguments: runs)
    func `have nnU-Net's labels on nnU-Net's grid`(run: Run) throws {
        let predictor = try predictor(for: run)
        let inputs = try CaseGrouping.nnUNetCases(
            in: SharedReference.path(run.inputs), fileEnding: predictor.fileEnding, channelCount: predictor.channelCount
        ).cases
        for files in inputs where run.cases.contains(files.name) {
            try expectAgreement(predictor.predict(files), with: "expected/\(run.name)/\(files.name).nii.gz", of: predictor)
        }
        #expect(Set(run.cases).isSubset(of: inputs.map(\.name)))
    }

    @Test(arguments: [
        ("hippocampus_a", hippocampus + "PlansSmall__3d_fullres", threeFolds, "hippocampus_3d_fullres_folds012"),
        ("head_ct_5mm", head + "3d_lowres", [FoldName.all], "head_ct_3d_lowres"),
    ])
    func `are the same from DICOM`(name: String, model: String, folds: [FoldName], run: String) throws {
        let folder = try TemporaryFolder()
        let found = CaseGrouping.dicomCases(
            paths: try CaseGrouping.filesBelow(SharedReference.path("dicom/" + name)), folders: [name], below: SharedReference.path("dicom")
        )
        let series = try #require(found.cases.first)
        #expect(found.cases.count == 1)
        #expect(series.name == name)
        let converted = try CaseConverter.convert(series, to: folder.path)
        let predictor = try CasePredictor(
            models: [CaseModel.open(path: SharedReference.path(model), folds: folds)],
            pool: ModelPool(memoryBudget: 1 << 30, team: ThreadTeam()))
        try expectAgreement(predictor.predict(converted.files), with: "expected/dicom/\(run)/\(name).nii.gz", of: predictor)
    }

    @Test func `of a cascade run their first stage themselves where its model lies beside`() throws {
        let model = try CaseModel.open(path: SharedReference.path(Self.head + "3d_cascade_fullres"))
        #expect(model.stages.map(\.configurationName) == ["3d_lowres", "3d_cascade_fullres"])
        let predictor = try CasePredictor(models: [model], pool: ModelPool(memoryBudget: 1 << 30, team: ThreadTeam()))
        let file = SharedReference.path("cases/head_ct/head_11_0000.nii.gz")
        let outcome = try predictor.predict(CaseFiles(name: "head_11", channelPaths: [file]))
        // Upstream's second stage was fed with upstream's first, whose float16 sums differ in some voxels; the difference is carried on.
        try expectAgreement(
            outcome, with: "expected/head_ct/3d_cascade_fullres/head_11.nii.gz", of: predictor, agreement: 0.9995, dice: 0.995)
    }

    private func predictor(for run: Run) throws -> CasePredictor {
        let models = try run.models.map { model in
            try CaseModel.open(
                path: SharedReference.path(model.path), folds: model.folds,
                previousStageFolder: run.previousStage.map(SharedReference.path))
        }
        var options = PredictionOptions()
        options.useMirroring = run.useMirroring
        return try CasePredictor(
            models: models, pool: ModelPool(memoryBudget: 1 << 30, team: ThreadTeam()), options: options,
            postprocessing: try run.recipe.map { try PostprocessingRecipe.read(path: SharedReference.path($0)) })
    }

    /// Writes the labels, reads them back, and compares file with file.
    private func expectAgreement(
        _ outcome: consuming CaseOutcome, with expected: String, of predictor: CasePredictor, agreement required: Double = 0.9999,
        dice requiredDice: Double = 0.999
    ) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("labels.nii.gz")
        try outcome.writeLabels(to: path)
        let ours = try readLabels(path: path)
        let theirs = try readLabels(path: SharedReference.path(expected))
        #expect(ours.source == theirs.source)
        let agreement = labelAgreement(ours.labels, theirs.labels)
        #expect(agreement >= required, "\(expected): \(agreement)")
        for label in predictor.description.labels.names.keys where label != 0 {
            let dice = try diceCoefficient(ours.labels, theirs.labels, values: [label])
            #expect(dice >= requiredDice, "\(expected): label \(label): \(dice)")
        }
    }
}
