/// How a case is predicted; the defaults are nnU-Net's.
public struct PredictionOptions: Sendable, Equatable {
    /// The distance of neighbouring tiles as a fraction of the patch, above 0 and at most 1.
    public var stepSize = 0.5
    /// Whether the model's mirroring axes are used (`--disable_tta` turns it off).
    public var useMirroring = true
    /// Whether tiles are weighted by a Gaussian; nnU-Net's command line always does.
    public var useGaussian = true
    /// Whether class probabilities are kept for `.npz` files; it makes the labels those of the probabilities, as upstream does.
    public var keepsProbabilities = false
    /// The DICOM modalities that are taken, upper case; nil leaves it to the model's channel name (`DICOMModalities`).
    public var modalities: [String]?

    /// nnU-Net's defaults.
    public init() {}
}
