import Tensors
import TrainedModels

/// What happens to a case with voxels that are NaN or infinite in the file.
package enum NonFiniteVoxels: String, Sendable, CaseIterable {
    /// It is refused, since nobody knows what they were.
    case refuse
    /// They count as 0 before scaling, as ITK's NIfTI reader has it, with every reader; the report says so.
    case zero
}

/// What makes a prediction faster and less accurate than nnU-Net's own.
package enum Shortcut: String, Sendable, CaseIterable {
    /// Tiles lie farther apart.
    case steps
    /// There is no averaging over mirrored images, though the model was trained for it.
    case mirroring
    /// Only the first of the folds is used.
    case folds

    /// As a fraction of the patch, where `steps` are asked for by name.
    package static let longStep = 0.75
}

/// How a case is predicted; the defaults are nnU-Net's.
package struct PredictionOptions: Sendable, Equatable {
    /// The distance of neighbouring tiles as a fraction of the patch, above 0 and at most 1.
    package var stepSize = 0.5
    /// Whether the model's mirroring axes are used (`--disable_tta` turns it off).
    package var useMirroring = true
    /// Whether tiles are weighted by a Gaussian; nnU-Net's command line always does.
    package var useGaussian = true
    /// Whether class probabilities are kept for `.npz` files; it makes the labels those of the probabilities, as upstream does.
    package var keepsProbabilities = false
    /// The DICOM modalities that are taken, upper case; nil leaves it to the model's channel name (`DICOMModalities`).
    package var modalities: [String]?
    /// What happens to voxels that are NaN or infinite.
    package var nonFiniteVoxels = NonFiniteVoxels.refuse
    /// The bytes that the process may use, model included; a case that needs more is refused before it is computed.
    package var memoryLimit = MemoryLimit.current

    /// nnU-Net's defaults.
    package init() {}

    /// What of this makes predictions of a model faster and less accurate.
    func shortcuts(of model: ModelFolder) -> [Shortcut] {
        var shortcuts: [Shortcut] = []
        if stepSize > PredictionOptions().stepSize { shortcuts.append(.steps) }
        if !useMirroring, !(model.mirroringAxes ?? []).isEmpty { shortcuts.append(.mirroring) }
        return shortcuts
    }
}
