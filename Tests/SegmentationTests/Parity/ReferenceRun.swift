import Evaluation
import Foundation
import Imaging
import NIfTI
import Preprocessing
import Segmentation
import Tensors
import Testing
import TestSupport
import TrainedModels

/// One prediction of nnU-Net under `../shared/reference/expected`, and the means to repeat it.
struct ReferenceRun: Sendable, CustomTestStringConvertible {
    /// Below `expected`, such as `hippocampus/2d_folds012`.
    let name: String
    /// Below `models`.
    let model: String
    let folds: [FoldName]?
    let cases: [String]
    var channels = 1
    var options = SlidingWindowOptions()
    /// Where the inputs lie, below `reference`.
    var inputs = "cases"
    /// A cascade's first stage: the folder of its labels, below `expected`.
    var previousStage: String?

    var testDescription: String { name }

    private static let hippocampi = ["098", "101", "104", "105", "109"].map { "hippocampus_" + $0 }
    private static let hippocampus = "Dataset004_Hippocampus/nnUNetTrainer__nnUNetPlansSmall__"
    private static let head = "Dataset501_HeadCT/nnUNetTrainer__nnUNetPlansSmall__"
    private static let three: [FoldName] = [.number(0), .number(1), .number(2)]

    static let hippocampus2D = ReferenceRun(
        name: "hippocampus/2d_folds012", model: hippocampus + "2d", folds: three, cases: hippocampi)
    static let hippocampus3D = ReferenceRun(
        name: "hippocampus/3d_fullres_folds012", model: hippocampus + "3d_fullres", folds: three, cases: hippocampi)
    static let all: [ReferenceRun] = [
        hippocampus2D, hippocampus3D,
        ReferenceRun(
            name: "hippocampus/3d_fullres_fold0_notta", model: hippocampus + "3d_fullres", folds: [.number(0)], cases: hippocampi,
            options: SlidingWindowOptions(useMirroring: false)),
        ReferenceRun(
            name: "hippocampus/resenc_fold0", model: "Dataset004_Hippocampus/nnUNetTrainer__nnUNetResEncSmall__3d_fullres",
            folds: [.number(0)], cases: hippocampi),
        ReferenceRun(name: "head_ct/3d_lowres", model: head + "3d_lowres", folds: nil, cases: ["head_03", "head_11"]),
        ReferenceRun(name: "head_ct/3d_fullres", model: head + "3d_fullres", folds: nil, cases: ["head_11"]),
        ReferenceRun(
            name: "head_ct/3d_cascade_fullres", model: head + "3d_cascade_fullres", folds: nil, cases: ["head_11"],
            previousStage: "head_ct/3d_lowres"),
        ReferenceRun(
            name: "brain_mr/3d_fullres", model: "Dataset502_BrainMR/nnUNetTrainer__nnUNetPlansSmall__3d_fullres", folds: nil,
            cases: ["brain_03"], channels: 4),
        ReferenceRun(
            name: "dicom/head_ct_3d_lowres", model: head + "3d_lowres", folds: nil, cases: ["head_ct_5mm"],
            inputs: "dicom_as_nifti/head_ct"),
        ReferenceRun(
            name: "dicom/hippocampus_3d_fullres_folds012", model: hippocampus + "3d_fullres", folds: three, cases: ["hippocampus_a"],
            inputs: "dicom_as_nifti/hippocampus"),
    ]

    func expected(_ file: String) -> String { SharedReference.path("expected/\(name)/\(file)") }

    /// Where an array on the way lies, plain or gzipped.
    func stepPath(_ array: String, _ caseName: String) -> String? {
        ["", ".gz"].map { expected("steps_\(caseName)/\(array).npy\($0)") }.first(where: FileManager.default.fileExists)
    }

    func openModel() throws -> ModelFolder { try ModelFolder.open(path: SharedReference.path("models/" + model), folds: folds) }

    /// Prepares a case as the model wants it; `geometry` gets the image's grid.
    func prepare(_ caseName: String, _ folder: ModelFolder, geometry: inout ImageGeometry?) throws -> PreprocessedCase {
        let source = inputs == "cases" ? "cases/" + (name.split(separator: "/").first ?? "") : inputs
        let paths = (0..<channels).map { SharedReference.path("\(source)/\(caseName)_000\($0).nii.gz") }
        let read = try readImage(paths: paths)
        geometry = read.image.geometry
        let spacing = read.arraySpacing
        let preprocessor = Preprocessor(ModelFacts(folder))
        guard let previousStage else { return try preprocessor(read.takeImage(), arraySpacing: spacing, team: team) }
        let previous = try readLabels(path: SharedReference.path("expected/\(previousStage)/\(caseName).nii.gz"))
        return try preprocessor(read.takeImage(), arraySpacing: spacing, previousStage: previous.labels, team: team)
    }

    /// Predicts a case up to its logits.
    func predict(_ caseName: String, _ model: LoadedModel, _ folder: ModelFolder, geometry: inout ImageGeometry?) throws -> Logits {
        try predictLogits(try prepare(caseName, folder, geometry: &geometry), model: model, options: options)
    }
}

/// How far two label maps agree.
struct Agreement: CustomStringConvertible {
    let voxels: Int
    let different: Int
    /// The smallest Dice of any label that occurs.
    let leastDice: Double

    init(_ found: borrowing LabelMap, _ expected: borrowing LabelMap) throws {
        let (a, b) = (found.voxels.values, expected.voxels.values)
        voxels = b.count
        different = a.count == b.count ? zip(a, b).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) } : b.count
        var least = 1.0
        for label in Set(b).union(a) where label != 0 {
            least = min(least, try diceCoefficient(found, expected, values: [Int(label)]))
        }
        leastDice = least
    }

    /// The share of equal voxels.
    var share: Double { 1 - Double(different) / Double(voxels) }

    var description: String { "\(different) of \(voxels) voxels differ, least Dice \(leastDice)" }
}
