/// UMambaBot and UMambaEnc, which differ only in where their Mamba layers are.
struct UMambaBuilder {
    private typealias TensorID = NetworkGraph.TensorID

    private let network: UMambaArchitecture
    private var builder: GraphBuilder

    init(_ network: UMambaArchitecture) {
        self.network = network
        builder = GraphBuilder(
            family: network.family.rawValue, inputChannels: network.unet.inputChannels, spatialDimensions: network.unet.spatialDimensions)
    }

    private var ones: [Int] { [Int](repeating: 1, count: network.unet.spatialDimensions) }
    private var encoder: UNetArchitecture.Encoder { network.unet.encoder }

    mutating func graph(deepSupervision: Bool) -> NetworkGraph {
        var feature = blocks(
            "encoder.stem", builder.input, channels: encoder.featuresPerStage[0], kernel: encoder.kernelSizes[0], stride: ones,
            count: network.blocksPerStage[0])
        var skips: [TensorID] = []
        for stage in encoder.featuresPerStage.indices {
            feature = encoderStage(stage, feature)
            skips.append(feature)
        }
        var heads: [TensorID] = []
        let last = network.unet.stageCount - 2
        for step in 0...last {
            feature = decoderStage(step, feature, skip: skips[last - step])
            if step == last || deepSupervision {
                heads.insert(builder.head("decoder.seg_layers.\(step)", feature, channels: network.unet.heads), at: 0)
            }
        }
        return builder.graph(heads: heads)
    }

    private mutating func encoderStage(_ stage: Int, _ input: TensorID) -> TensorID {
        let (channels, kernel, stride) = (encoder.featuresPerStage[stage], encoder.kernelSizes[stage], encoder.strides[stage])
        builder.stage(channels: channels, kernel: kernel, stride: stride)
        let feature = blocks(
            "encoder.stages.\(stage)", input, channels: channels, kernel: kernel, stride: stride, count: network.blocksPerStage[stage])
        guard let layer = network.mambaLayer(behind: stage) else { return feature }
        return builder.mamba(network.family == .bottleneck ? "mamba_layer" : "encoder.mamba_layers.\(stage)", feature, layer)
    }

    /// The 2D networks' last stage does without its skip.
    private mutating func decoderStage(_ step: Int, _ lower: TensorID, skip: TensorID) -> TensorID {
        let stage = network.unet.stageCount - 2 - step, channels = encoder.featuresPerStage[stage]
        let repeated = builder.nearestUpsampling("decoder.upsample_layers.\(step)", lower, factors: encoder.strides[stage + 1])
        var feature = builder.convolution(
            "decoder.upsample_layers.\(step).conv", repeated, channels: channels, kernel: ones, stride: ones, hasBias: true)
        if stage > 0 || network.unet.spatialDimensions == 3 {
            feature = builder.concatenation("decoder.stages.\(step)", [feature, skip])
        }
        return blocks(
            "decoder.stages.\(step)", feature, channels: channels, kernel: encoder.kernelSizes[stage], stride: ones,
            count: network.decoderBlocksPerStage[step])
    }

    // MARK: Residual blocks

    /// A block that projects its input, and blocks that keep it.
    private mutating func blocks(
        _ name: String, _ input: TensorID, channels: Int, kernel: [Int], stride: [Int], count: Int
    ) -> TensorID {
        var feature = projectingBlock(name + ".0", input, channels: channels, kernel: kernel, stride: stride)
        for index in 1..<max(1, count) { feature = block("\(name).\(index)", feature, channels: channels, kernel: kernel) }
        return feature
    }

    /// BasicResBlock: its shortcut is a convolution with kernel 1, without a normalisation.
    private mutating func projectingBlock(_ name: String, _ input: TensorID, channels: Int, kernel: [Int], stride: [Int]) -> TensorID {
        let first = normalized(
            "\(name).norm1",
            builder.convolution("\(name).conv1", input, channels: channels, kernel: kernel, stride: stride, hasBias: true))
        let second = normalized(
            "\(name).norm2",
            builder.convolution(
                "\(name).conv2", activated("\(name).act1", first), channels: channels, kernel: kernel, stride: ones, hasBias: true))
        let shortcut = builder.convolution("\(name).conv3", input, channels: channels, kernel: ones, stride: stride, hasBias: true)
        return activated("\(name).act2", builder.addition(name, second, shortcut))
    }

    /// BasicBlockD without a change of channels or size.
    private mutating func block(_ name: String, _ input: TensorID, channels: Int, kernel: [Int]) -> TensorID {
        let first = normalized(
            "\(name).conv1.norm",
            builder.convolution("\(name).conv1.conv", input, channels: channels, kernel: kernel, stride: ones, hasBias: true))
        let second = normalized(
            "\(name).conv2.norm",
            builder.convolution(
                "\(name).conv2.conv", activated("\(name).conv1.nonlin", first), channels: channels, kernel: kernel, stride: ones,
                hasBias: true))
        return activated("\(name).nonlin2", builder.addition(name, second, input))
    }

    private mutating func normalized(_ name: String, _ input: TensorID) -> TensorID {
        builder.normalization(name, input, .instance(epsilon: 1e-5, affine: true))
    }

    private mutating func activated(_ name: String, _ input: TensorID) -> TensorID {
        builder.activation(name, input, .leakyReLU(slope: 0.01))
    }
}
