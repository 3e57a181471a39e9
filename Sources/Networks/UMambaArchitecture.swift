package import Files

/// The shape of a U-Mamba network: the residual U-Net of the U-Mamba repository with Mamba layers in it.
///
/// Plans describe it as the plain U-Net that they were made for; only the trainer and the weights tell which network was trained.
package struct UMambaArchitecture: Sendable, Hashable {
    /// Where its Mamba layers are.
    package enum Family: String, Sendable, CaseIterable {
        /// Behind the last stage of the encoder.
        case bottleneck = "UMambaBot"
        /// Behind every stage of the encoder, in 2D behind every other one up to the last.
        case encoder = "UMambaEnc"
    }

    /// Where its Mamba layers are.
    package let family: Family
    /// The U-Net that the plans describe: channels, kernels, strides and the numbers of blocks before the network's own rule.
    package let unet: UNetArchitecture
    /// The size it was trained for; an encoder's tokens depend on it.
    package let patch: [Int]

    /// Describes a network; nothing is checked before its graph is asked for.
    package init(family: Family, unet: UNetArchitecture, patch: [Int]) {
        self.family = family
        self.unet = unet
        self.patch = patch
    }

    /// The residual blocks of each stage of the encoder: the lower half has one.
    package var blocksPerStage: [Int] {
        unet.encoder.blocksPerStage.enumerated().map { $0 < (unet.stageCount + 1) / 2 ? $1 : 1 }
    }

    /// The residual blocks of each stage of the decoder, lowest resolution first: the higher half has one.
    package var decoderBlocksPerStage: [Int] {
        unet.decoderConvolutionsPerStage.enumerated().map { 2 * $0 < unet.stageCount ? $1 : 1 }
    }

    /// The Mamba layer behind a stage of the encoder, from 0, the highest resolution; nil where there is none.
    package func mambaLayer(behind stage: Int) -> MambaLayer? {
        let channels = unet.encoder.featuresPerStage[stage], last = unet.stageCount - 1
        switch family {
        case .bottleneck: return stage == last ? MambaLayer(tokens: .positions, width: channels) : nil
        case .encoder:
            guard unet.spatialDimensions == 3 || (last - stage) % 2 == 0 else { return nil }
            var size = patch
            for stride in unet.encoder.strides[...stage] { size = zip(size, stride).map(/) }
            let positions = size.reduce(1, *)
            return positions <= channels ? MambaLayer(tokens: .channels, width: positions) : MambaLayer(tokens: .positions, width: channels)
        }
    }

    /// The network that U-Mamba builds.
    ///
    /// - Parameter deepSupervision: whether the lower resolutions have logits, too, as in training.
    /// - Throws: `Problem.unsupportedArchitecture` for a U-Net that can't be one of U-Mamba's; `Problem.unsupportedPatch`.
    /// - Returns: the graph, its heads from the highest resolution down.
    package func graph(deepSupervision: Bool = false) throws(Problem) -> NetworkGraph {
        try unet.validate()
        guard unet.family == .plainConvUNet else {
            throw .unsupportedArchitecture(
                reason: "\(family.rawValue) from plans of a \(unet.family.rawValue); U-Mamba's are PlainConvUNet's")
        }
        guard unet.block == UNetArchitecture.Block() else {
            throw .unsupportedArchitecture(
                reason: "\(family.rawValue) with other blocks than biased convolutions, instance normalisation and LeakyReLU")
        }
        guard patch.count == unet.spatialDimensions, patch.allSatisfy({ (1...65_536).contains($0) }) else {
            throw .unsupportedPatch(patch, reason: "it needs \(unet.spatialDimensions) positive sizes")
        }
        var builder = UMambaBuilder(self)
        return builder.graph(deepSupervision: deepSupervision)
    }
}
