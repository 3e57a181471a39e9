package import Files

extension UNetArchitecture {
    /// The network that `dynamic_network_architectures` builds from these arguments.
    ///
    /// - Parameter deepSupervision: whether the lower resolutions have logits, too, as in training.
    /// - Throws: `Problem.unsupportedArchitecture` for what `validate` refuses.
    /// - Returns: the graph, its heads from the highest resolution down.
    package func graph(deepSupervision: Bool = false) throws(Problem) -> NetworkGraph {
        try validate()
        var builder = UNetBuilder(self)
        return builder.graph(deepSupervision: deepSupervision)
    }
}

/// PlainConvUNet, ResidualEncoderUNet and ResidualUNet.
private struct UNetBuilder {
    typealias TensorID = NetworkGraph.TensorID

    let unet: UNetArchitecture
    var builder: GraphBuilder

    init(_ unet: UNetArchitecture) {
        self.unet = unet
        builder = GraphBuilder(
            family: unet.family.rawValue, inputChannels: unet.inputChannels, spatialDimensions: unet.spatialDimensions)
    }

    private var ones: [Int] { [Int](repeating: 1, count: unet.spatialDimensions) }

    mutating func graph(deepSupervision: Bool) -> NetworkGraph {
        var feature = builder.input
        if unet.family != .plainConvUNet {
            feature = block(
                "encoder.stem.convs.0", feature, channels: unet.encoder.stemChannels ?? unet.encoder.featuresPerStage[0],
                kernel: unet.encoder.kernelSizes[0])
        }
        var skips: [TensorID] = []
        for stage in 0..<unet.stageCount {
            feature = encoderStage(stage, feature)
            skips.append(feature)
            builder.stage(
                channels: unet.encoder.featuresPerStage[stage], kernel: unet.encoder.kernelSizes[stage], stride: unet.encoder.strides[stage]
            )
        }
        var heads: [TensorID] = []
        let last = unet.stageCount - 2
        for step in 0...last {
            feature = decoderStage(step, feature, skip: skips[last - step])
            if step == last || deepSupervision {
                heads.insert(builder.head("decoder.seg_layers.\(step)", feature, channels: unet.heads), at: 0)
            }
        }
        return builder.graph(heads: heads)
    }

    private mutating func encoderStage(_ stage: Int, _ input: TensorID) -> TensorID {
        let (channels, kernel) = (unet.encoder.featuresPerStage[stage], unet.encoder.kernelSizes[stage])
        var feature = input
        switch unet.family {
        case .plainConvUNet:
            for index in 0..<unet.encoder.blocksPerStage[stage] {
                feature = block(
                    "encoder.stages.\(stage).0.convs.\(index)", feature, channels: channels, kernel: kernel,
                    stride: index == 0 ? unet.encoder.strides[stage] : nil)
            }
        case .residualEncoderUNet, .residualUNet:
            for index in 0..<unet.encoder.blocksPerStage[stage] {
                feature = residualBlock(
                    "encoder.stages.\(stage).blocks.\(index)", feature, channels: channels, kernel: kernel,
                    stride: index == 0 ? unet.encoder.strides[stage] : ones, inner: unet.encoder.bottleneckChannels?[stage])
            }
        }
        return feature
    }

    /// BasicBlockD: out = nonlin(conv2(conv1(x)) + skip(x)); the skip of a strided block is a pooling (0) and a projection (1). BottleneckD
    /// has the kernel and the stride between two convolutions of one voxel, to its inner channels and back.
    ///
    /// - `inner`: channels; nil for BasicBlockD.
    private mutating func residualBlock(
        _ name: String, _ input: TensorID, channels: Int, kernel: [Int], stride: [Int], inner: Int? = nil
    ) -> TensorID {
        let last: TensorID
        if let inner {
            let narrow = block(name + ".conv1", input, channels: inner, kernel: ones)
            let middle = block(name + ".conv2", narrow, channels: inner, kernel: kernel, stride: stride)
            last = block(name + ".conv3", middle, channels: channels, kernel: ones, isActivated: false)
        } else {
            let first = block(name + ".conv1", input, channels: channels, kernel: kernel, stride: stride)
            last = block(name + ".conv2", first, channels: channels, kernel: kernel, isActivated: false)
        }
        var skip = input
        let isPooled = stride != ones
        if isPooled { skip = builder.averagePooling(name + ".skip.0", skip, window: stride) }
        if builder.channels(of: input) != channels {
            skip = block(
                name + ".skip.\(isPooled ? 1 : 0)", skip, channels: channels, kernel: ones, hasBias: false, isActivated: false)
        }
        return activated(name + (inner == nil ? ".nonlin2" : ".nonlin3"), builder.addition(name, last, skip))
    }

    private mutating func decoderStage(_ step: Int, _ lower: TensorID, skip: TensorID) -> TensorID {
        let stage = unet.stageCount - 2 - step
        let channels = unet.encoder.featuresPerStage[stage]
        let up = builder.transposedConvolution(
            "decoder.transpconvs.\(step)", lower, channels: channels, stride: unet.encoder.strides[stage + 1],
            hasBias: unet.block.convolutionBias)
        var feature = builder.concatenation("decoder.stages.\(step)", [up, skip])
        let kernel = unet.encoder.kernelSizes[stage]
        for index in 0..<unet.decoderConvolutionsPerStage[step] {
            if unet.family == .residualUNet {
                feature = residualBlock(
                    "decoder.stages.\(step).blocks.\(index)", feature, channels: channels, kernel: kernel, stride: ones)
            } else {
                feature = block("decoder.stages.\(step).convs.\(index)", feature, channels: channels, kernel: kernel)
            }
        }
        return feature
    }

    /// A convolution, its normalisation and its activation (`ConvDropoutNormReLU`).
    private mutating func block(
        _ name: String, _ input: TensorID, channels: Int, kernel: [Int], stride: [Int]? = nil, hasBias: Bool? = nil,
        isActivated: Bool = true
    ) -> TensorID {
        var feature = builder.convolution(
            name + ".conv", input, channels: channels, kernel: kernel, stride: stride ?? ones,
            hasBias: hasBias ?? unet.block.convolutionBias)
        if isActivated, unet.block.nonlinearityFirst { feature = activated(name + ".nonlin", feature) }
        if let normalization = unet.block.normalization { feature = builder.normalization(name + ".norm", feature, normalization) }
        if isActivated, !unet.block.nonlinearityFirst { feature = activated(name + ".nonlin", feature) }
        return feature
    }

    private mutating func activated(_ name: String, _ input: TensorID) -> TensorID {
        guard let nonlinearity = unet.block.nonlinearity else { return input }
        return builder.activation(name, input, nonlinearity)
    }
}
