/// How the network is moved over a case; the defaults are nnU-Net's.
public struct SlidingWindowOptions: Sendable, Equatable {
    /// The distance of neighbouring tiles as a fraction of the patch, above 0 and at most 1.
    public var stepSize = 0.5
    /// Whether each tile is also predicted mirrored along the axes that the checkpoint allows, and averaged.
    public var useMirroring = true
    /// Whether a tile's centre counts more than its border.
    public var useGaussian = true

    /// nnU-Net's defaults.
    public init(stepSize: Double = 0.5, useMirroring: Bool = true, useGaussian: Bool = true) {
        self.stepSize = stepSize
        self.useMirroring = useMirroring
        self.useGaussian = useGaussian
    }
}

/// How far the sliding window is.
public struct PredictionProgress: Sendable, Equatable {
    /// Network evaluations done: each tile counts once for each fold and mirroring.
    public let completed: Int
    /// Network evaluations in all.
    public let total: Int
}
