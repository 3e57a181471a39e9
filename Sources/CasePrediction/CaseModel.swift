package import Files
import Foundation
package import TrainedModels

/// A model as a case uses it: its folder, and where the labels of the previous stage come from when it is a cascade's second stage.
package struct CaseModel: Sendable {
    /// Where a cascade's first-stage labels come from.
    package indirect enum PreviousStage: Sendable {
        /// `<folder>/<case><file ending>`, as nnU-Net's `-prev_stage_predictions`.
        case folder(String)
        /// Predicted on the way by the first stage's own model.
        case model(CaseModel)
    }

    /// The opened model folder.
    package let folder: ModelFolder
    /// The first stage; nil for a model that has none.
    package let previousStage: PreviousStage?

    /// Joins a model and its first stage.
    package init(folder: ModelFolder, previousStage: PreviousStage? = nil) {
        self.folder = folder
        self.previousStage = previousStage
    }

    /// Opens a model folder; for a cascade's second stage also the first stage's folder beside it (`Trainer__Plans__<previous stage>`).
    ///
    /// - `previousStageFolder`: predictions of the first stage; when given no model is looked for.
    package static func open(
        path: String, folds: [FoldName]? = nil, checkpoint: String = "checkpoint_final.pth", previousStageFolder: String? = nil
    ) throws(Problem) -> CaseModel {
        let folder = try ModelFolder.open(path: path, folds: folds, checkpoint: checkpoint)
        guard let stage = folder.configuration.previousStage else {
            guard previousStageFolder == nil else {
                throw .badModel(
                    path: path, problem: "configuration \(folder.configurationName) is no second stage of a cascade",
                    advice: "leave out the folder of previous-stage predictions")
            }
            return CaseModel(folder: folder)
        }
        if let previousStageFolder {
            try requireLabels(of: folder, in: previousStageFolder)
            return CaseModel(folder: folder, previousStage: .folder(previousStageFolder))
        }
        guard let beside = siblingPath(of: path, configuration: stage) else {
            throw .badModel(
                path: path, problem: "needs the labels of its previous stage \(stage)",
                advice: "name its folder of predictions, or keep the model of \(stage) beside this one")
        }
        return CaseModel(folder: folder, previousStage: .model(try open(path: beside, checkpoint: checkpoint)))
    }

    /// The models a case runs through for this one, first stage first.
    package var stages: [ModelFolder] {
        if case .model(let first) = previousStage { return first.stages + [folder] }
        return [folder]
    }
}

extension CaseModel {
    /// Refuses predictions whose dataset.json, which nnU-Net leaves beside them, gives other labels than the second stage's.
    private static func requireLabels(of folder: ModelFolder, in predictions: String) throws(Problem) {
        guard FileManager.default.fileExists(atPath: predictions + "/dataset.json") else { return }
        let stage = try MemberAgreement.Terms(folder: predictions)
        try MemberAgreement.requireSameLabels(stage, before: MemberAgreement.Terms(folder))
    }

    /// The folder of another configuration of the same trainer and plans, when it is there.
    private static func siblingPath(of path: String, configuration: String) -> String? {
        let url = URL(filePath: path).standardizedFileURL
        let parts = url.lastPathComponent.components(separatedBy: "__")
        guard parts.count >= 2 else { return nil }
        let sibling = url.deletingLastPathComponent().appending(path: (parts.dropLast() + [configuration]).joined(separator: "__"))
        return FileManager.default.fileExists(atPath: sibling.path + "/plans.json") ? sibling.path : nil
    }
}
