/// How the network is moved over a case; the defaults are nnU-Net's.
package struct SlidingWindowOptions: Sendable, Equatable {
    /// The distance of neighbouring tiles as a fraction of the patch, above 0 and at most 1.
    package var stepSize = 0.5
    /// Whether each tile is also predicted mirrored along the axes that the checkpoint allows, and averaged.
    package var useMirroring = true
    /// Whether a tile's centre counts more than its border.
    package var useGaussian = true

    /// nnU-Net's defaults.
    package init(stepSize: Double = 0.5, useMirroring: Bool = true, useGaussian: Bool = true) {
        self.stepSize = stepSize
        self.useMirroring = useMirroring
        self.useGaussian = useGaussian
    }
}

/// How far the sliding window is.
package struct PredictionProgress: Sendable, Equatable {
    /// Network evaluations done: each tile counts once for each fold and mirroring.
    package let completed: Int
    /// Network evaluations in all.
    package let total: Int
}
