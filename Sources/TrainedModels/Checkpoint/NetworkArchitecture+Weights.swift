package import NeuralNetworks

/// A weight that a network needs, by its canonical name in nnU-Net's state dict.
package struct NeededWeight: Sendable, Hashable {
    package let name: String
    /// C order; convolutions (out, in, z, y, x), transposed ones (in, out, z, y, x).
    package let shape: [Int]
}

extension NetworkArchitecture {
    /// Every weight that prediction uses, in the order of the network (dynamic_network_architectures' `unet.py`). Of the segmentation heads
    /// only the last is used; the others serve deep supervision in training.
    package var neededWeights: [NeededWeight] {
        var weights: [NeededWeight] = []
        for block in blocks {
            weights.append(NeededWeight(name: block.name + ".conv.weight", shape: [block.output, block.input] + block.kernel))
            if block.hasBias { weights.append(NeededWeight(name: block.name + ".conv.bias", shape: [block.output])) }
            for parameter in normalizationParameters {
                weights.append(NeededWeight(name: block.name + ".norm." + parameter, shape: [block.output]))
            }
        }
        let last = stageCount - 1
        for stage in 0..<last {
            let (below, skip) = (featuresPerStage[last - stage], featuresPerStage[last - stage - 1])
            let name = "decoder.transpconvs.\(stage)"
            weights.append(NeededWeight(name: name + ".weight", shape: [below, skip] + strides[last - stage]))
            if convolutionBias { weights.append(NeededWeight(name: name + ".bias", shape: [skip])) }
        }
        let ones = [Int](repeating: 1, count: spatialDimensions)
        weights.append(NeededWeight(name: headName + ".weight", shape: [heads, featuresPerStage[0]] + ones))
        weights.append(NeededWeight(name: headName + ".bias", shape: [heads]))
        return weights
    }

    /// The name of the segmentation head that prediction uses.
    var headName: String { "decoder.seg_layers.\(stageCount - 2)" }

    /// The names of all blocks of convolution and normalisation.
    var blockNames: [String] { blocks.map(\.name) }

    private struct Block {
        let name: String
        let input: Int
        let output: Int
        let kernel: [Int]
        var hasBias: Bool
    }

    private var blocks: [Block] {
        var blocks: [Block] = []
        var channels = inputChannels
        func add(_ name: String, _ output: Int, _ kernel: [Int], input: Int, hasBias: Bool? = nil) {
            blocks.append(Block(name: name, input: input, output: output, kernel: kernel, hasBias: hasBias ?? convolutionBias))
        }
        if family == .residualEncoderUNet {
            let stem = stemChannels ?? featuresPerStage[0]
            add("encoder.stem.convs.0", stem, kernelSizes[0], input: channels)
            channels = stem
        }
        for (stage, features) in featuresPerStage.enumerated() {
            let kernel = kernelSizes[stage]
            switch family {
            case .plainConvUNet:
                for convolution in 0..<convolutionsPerStage[stage] {
                    add("encoder.stages.\(stage).0.convs.\(convolution)", features, kernel, input: channels)
                    channels = features
                }
            case .residualEncoderUNet:
                for index in 0..<blocksPerStage[stage] {
                    let name = "encoder.stages.\(stage).blocks.\(index)"
                    add(name + ".conv1", features, kernel, input: channels)
                    add(name + ".conv2", features, kernel, input: features)
                    if channels != features {
                        // A strided block's skip is a pooling (0) and a projection (1).
                        let isStrided = index == 0 && strides[stage].contains { $0 != 1 }
                        let ones = [Int](repeating: 1, count: spatialDimensions)
                        add(name + ".skip.\(isStrided ? 1 : 0)", features, ones, input: channels, hasBias: false)
                    }
                    channels = features
                }
            }
        }
        let last = stageCount - 1
        for stage in 0..<last {
            let features = featuresPerStage[last - stage - 1]
            for convolution in 0..<decoderConvolutionsPerStage[stage] {
                add(
                    "decoder.stages.\(stage).convs.\(convolution)", features, kernelSizes[last - stage - 1],
                    input: convolution == 0 ? 2 * features : features)
            }
        }
        return blocks
    }

    private var normalizationParameters: [String] {
        switch normalization {
        case nil: []
        case .instance(_, let affine): affine ? ["weight", "bias"] : []
        case .batch(_, let affine): (affine ? ["weight", "bias"] : []) + ["running_mean", "running_var"]
        }
    }
}
