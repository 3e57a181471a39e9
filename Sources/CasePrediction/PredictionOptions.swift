import Tensors

/// What happens to a case with voxels that are NaN or infinite in the file.
package enum NonFiniteVoxels: String, Sendable, CaseIterable {
    /// It is refused, since nobody knows what they were.
    case refuse
    /// They count as 0 before scaling, as ITK's NIfTI reader has it, with every reader; the report says so.
    case zero
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
}
