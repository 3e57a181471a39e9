/// The shape of one of nnU-Net's U-Nets, as `arch_kwargs` in plans.json describes it.
///
/// Lists have one entry for each encoder stage, highest resolution first; spatial axes are in the network's order, (z, y, x) or (y, x).
package struct UNetArchitecture: Sendable, Hashable {
    /// The class of `dynamic_network_architectures.architectures`.
    package enum Family: String, Sendable {
        case plainConvUNet = "PlainConvUNet"
        case residualEncoderUNet = "ResidualEncoderUNet"
    }

    /// The residual block of `ResidualEncoderUNet`.
    package enum BlockKind: String, Sendable {
        case basic = "BasicBlockD"
        case bottleneck = "BottleneckD"
    }

    /// The network's class.
    package var family: Family
    /// Image channels, and a cascade's one-hot channels.
    package var inputChannels: Int
    /// Output channels: labels with background, or regions.
    package var heads: Int
    /// 2 or 3.
    package var spatialDimensions: Int
    /// Channels of each stage.
    package var featuresPerStage: [Int]
    /// The kernel's size on each axis, odd.
    package var kernelSizes: [[Int]]
    /// How much each stage reduces each axis on entry.
    package var strides: [[Int]]
    /// Convolutions of each encoder stage (PlainConvUNet).
    package var convolutionsPerStage: [Int]
    /// Residual blocks of each encoder stage (ResidualEncoderUNet).
    package var blocksPerStage: [Int]
    /// Convolutions of each decoder stage, lowest resolution first; one fewer than stages.
    package var decoderConvolutionsPerStage: [Int]
    /// Whether the blocks' convolutions have a bias.
    package var convolutionBias: Bool
    /// Nil for none.
    package var normalization: NetworkGraph.Normalization?
    /// Nil for none.
    package var nonlinearity: NetworkGraph.Activation?
    /// Whether the activation comes before the normalisation (`nonlin_first`).
    package var nonlinearityFirst: Bool
    /// The residual encoder's kind of block.
    package var block: BlockKind
    /// Channels of the residual encoder's stem; nil means those of the first stage.
    package var stemChannels: Int?
    /// Inner channels of bottleneck blocks for each stage; empty or nil where blocks are basic.
    package var bottleneckChannels: [Int?]

    /// Describes a network; nothing is checked before it is planned.
    package init(
        family: Family, inputChannels: Int, heads: Int, spatialDimensions: Int, featuresPerStage: [Int], kernelSizes: [[Int]],
        strides: [[Int]], convolutionsPerStage: [Int] = [], blocksPerStage: [Int] = [], decoderConvolutionsPerStage: [Int],
        convolutionBias: Bool = true, normalization: NetworkGraph.Normalization? = .instance(epsilon: 1e-5, affine: true),
        nonlinearity: NetworkGraph.Activation? = .leakyReLU(slope: 0.01), nonlinearityFirst: Bool = false, block: BlockKind = .basic,
        stemChannels: Int? = nil, bottleneckChannels: [Int?] = []
    ) {
        self.family = family
        self.inputChannels = inputChannels
        self.heads = heads
        self.spatialDimensions = spatialDimensions
        self.featuresPerStage = featuresPerStage
        self.kernelSizes = kernelSizes
        self.strides = strides
        self.convolutionsPerStage = convolutionsPerStage
        self.blocksPerStage = blocksPerStage
        self.decoderConvolutionsPerStage = decoderConvolutionsPerStage
        self.convolutionBias = convolutionBias
        self.normalization = normalization
        self.nonlinearity = nonlinearity
        self.nonlinearityFirst = nonlinearityFirst
        self.block = block
        self.stemChannels = stemChannels
        self.bottleneckChannels = bottleneckChannels
    }
}
