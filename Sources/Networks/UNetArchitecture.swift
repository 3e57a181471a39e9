/// The shape of one of nnU-Net's U-Nets, as `arch_kwargs` in plans.json describes it.
///
/// Lists have one entry for each encoder stage, highest resolution first; spatial axes are in the network's order, (z, y, x) or (y, x).
package struct UNetArchitecture: Sendable, Hashable {
    /// The class of `dynamic_network_architectures.architectures`.
    package enum Family: String, Sendable {
        case plainConvUNet = "PlainConvUNet"
        case residualEncoderUNet = "ResidualEncoderUNet"
        /// Residual blocks in the decoder, too.
        case residualUNet = "ResidualUNet"
    }

    /// The encoder's stages.
    package struct Encoder: Sendable, Hashable {
        /// Channels of each stage.
        package var featuresPerStage: [Int]
        /// The kernel's size on each axis, odd.
        package var kernelSizes: [[Int]]
        /// How much each stage reduces each axis on entry.
        package var strides: [[Int]]
        /// Convolutions (PlainConvUNet) or residual blocks of each stage.
        package var blocksPerStage: [Int]
        /// Channels of the residual encoder's stem; nil means those of the first stage.
        package var stemChannels: Int?
        /// The inner channels of each stage's blocks, which are then BottleneckD; nil for BasicBlockD.
        package var bottleneckChannels: [Int]?

        /// Describes an encoder; nothing is checked before it is planned.
        package init(
            featuresPerStage: [Int], kernelSizes: [[Int]], strides: [[Int]], blocksPerStage: [Int], stemChannels: Int? = nil,
            bottleneckChannels: [Int]? = nil
        ) {
            self.featuresPerStage = featuresPerStage
            self.kernelSizes = kernelSizes
            self.strides = strides
            self.blocksPerStage = blocksPerStage
            self.stemChannels = stemChannels
            self.bottleneckChannels = bottleneckChannels
        }
    }

    /// What every convolution is followed by (`ConvDropoutNormReLU`).
    package struct Block: Sendable, Hashable {
        /// Whether the convolutions have a bias.
        package var convolutionBias: Bool
        /// Nil for none.
        package var normalization: NetworkGraph.Normalization?
        /// Nil for none.
        package var nonlinearity: NetworkGraph.Activation?
        /// Whether the activation comes before the normalisation (`nonlin_first`).
        package var nonlinearityFirst: Bool

        /// Describes a block; without arguments nnU-Net's usual one.
        package init(
            convolutionBias: Bool = true, normalization: NetworkGraph.Normalization? = .instance(epsilon: 1e-5, affine: true),
            nonlinearity: NetworkGraph.Activation? = .leakyReLU(slope: 0.01), nonlinearityFirst: Bool = false
        ) {
            self.convolutionBias = convolutionBias
            self.normalization = normalization
            self.nonlinearity = nonlinearity
            self.nonlinearityFirst = nonlinearityFirst
        }
    }

    /// The network's class.
    package var family: Family
    /// Image channels, and a cascade's one-hot channels.
    package var inputChannels: Int
    /// Output channels: labels with background, or regions.
    package var heads: Int
    /// 2 or 3.
    package var spatialDimensions: Int
    /// Its stages.
    package var encoder: Encoder
    /// Convolutions of each decoder stage, lowest resolution first; one fewer than stages.
    package var decoderConvolutionsPerStage: [Int]
    /// The block that both are made of.
    package var block: Block

    /// Describes a network; nothing is checked before it is planned.
    package init(
        family: Family, inputChannels: Int, heads: Int, spatialDimensions: Int, encoder: Encoder, decoderConvolutionsPerStage: [Int],
        block: Block = Block()
    ) {
        self.family = family
        self.inputChannels = inputChannels
        self.heads = heads
        self.spatialDimensions = spatialDimensions
        self.encoder = encoder
        self.decoderConvolutionsPerStage = decoderConvolutionsPerStage
        self.block = block
    }
}
