import NeuralNetworks

/// The same networks in plain loops and float64, written from nnU-Net's forward pass and not from the engine.
struct ReferenceNetwork {
    struct Map {
        var channels: Int
        var size: [Int]
        var values: [Double]

        func at(_ channel: Int, _ z: Int, _ y: Int, _ x: Int) -> Double {
            guard z >= 0, y >= 0, x >= 0, z < size[0], y < size[1], x < size[2] else { return 0 }
            return values[((channel * size[0] + z) * size[1] + y) * size[2] + x]
        }
    }

    let architecture: NetworkArchitecture
    let source = RandomWeights()

    func three(_ sizes: [Int]) -> [Int] { [Int](repeating: 1, count: 3 - sizes.count) + sizes }

    func forward(_ input: [Float], patch: [Int]) throws -> [Double] {
        var map = Map(channels: architecture.inputChannels, size: three(patch), values: input.map(Double.init))
        var skips: [Map] = []
        let stages = architecture.featuresPerStage.count
        if architecture.family == .residualEncoderUNet {
            map = try block(
                "encoder.stem.convs.0", map, architecture.stemChannels ?? architecture.featuresPerStage[0],
                architecture.kernelSizes[0], [1, 1, 1])
        }
        for stage in 0..<stages {
            let channels = architecture.featuresPerStage[stage], kernel = architecture.kernelSizes[stage]
            switch architecture.family {
            case .plainConvUNet:
                for k in 0..<architecture.convolutionsPerStage[stage] {
                    let stride = k == 0 ? architecture.strides[stage] : [1, 1, 1]
                    map = try block("encoder.stages.\(stage).0.convs.\(k)", map, channels, kernel, stride)
                }
            case .residualEncoderUNet:
                for b in 0..<architecture.blocksPerStage[stage] {
                    let stride = b == 0 ? three(architecture.strides[stage]) : [1, 1, 1]
                    map = try residual("encoder.stages.\(stage).blocks.\(b)", map, channels, kernel, stride)
                }
            }
            skips.append(map)
        }
        for step in 0..<(stages - 1) {
            let stage = stages - 2 - step
            let up = try transposed(
                "decoder.transpconvs.\(step)", map, architecture.featuresPerStage[stage], three(architecture.strides[stage + 1]))
            map = Map(channels: up.channels + skips[stage].channels, size: up.size, values: up.values + skips[stage].values)
            for k in 0..<architecture.decoderConvolutionsPerStage[step] {
                map = try block(
                    "decoder.stages.\(step).convs.\(k)", map, architecture.featuresPerStage[stage], architecture.kernelSizes[stage],
                    [1, 1, 1])
            }
        }
        let ones = [Int](repeating: 1, count: architecture.spatialDimensions)
        return try convolution("decoder.seg_layers.\(stages - 2)", map, architecture.heads, ones, ones, bias: true).values
    }

    func block(
        _ name: String, _ input: Map, _ channels: Int, _ kernel: [Int], _ stride: [Int], bias: Bool? = nil, activated: Bool = true
    ) throws -> Map {
        var map = try convolution(name + ".conv", input, channels, kernel, stride, bias: bias ?? architecture.convolutionBias)
        let slope = activated ? Double(slope) : 1
        if architecture.nonlinearityFirst { map.values = map.values.map { max($0, slope * $0) } }
        map = try normalized(name + ".norm", map)
        if !architecture.nonlinearityFirst { map.values = map.values.map { max($0, slope * $0) } }
        return map
    }

    var slope: Float {
        switch architecture.nonlinearity {
        case .leakyReLU(let slope): slope
        case .reLU: 0
        case nil: 1
        }
    }

    func residual(_ name: String, _ input: Map, _ channels: Int, _ kernel: [Int], _ stride: [Int]) throws -> Map {
        let inner = try block(name + ".conv1", input, channels, kernel, stride)
        var map = try block(name + ".conv2", inner, channels, kernel, [1, 1, 1], activated: false)
        var skip = input
        if stride != [1, 1, 1] { skip = pooled(skip, stride) }
        if input.channels != channels {
            let ones = [Int](repeating: 1, count: architecture.spatialDimensions)
            let index = stride != [1, 1, 1] ? 1 : 0
            skip = try block(name + ".skip.\(index)", skip, channels, ones, ones, bias: false, activated: false)
        }
        for i in map.values.indices {
            let sum = map.values[i] + skip.values[i]
            map.values[i] = max(sum, Double(slope) * sum)
        }
        return map
    }

    func convolution(_ name: String, _ input: Map, _ channels: Int, _ kernel: [Int], _ stride: [Int], bias: Bool) throws -> Map {
        let k = three(kernel), s = three(stride)
        let weights = try source.weight(name + ".weight", shape: [channels, input.channels] + kernel)
        let biases = bias ? try source.weight(name + ".bias", shape: [channels]) : [Float](repeating: 0, count: channels)
        let size = (0..<3).map { (input.size[$0] - 1) / s[$0] + 1 }
        var out = Map(channels: channels, size: size, values: [])
        let taps = k.reduce(1, *)
        for c in 0..<channels {
            for z in 0..<size[0] {
                for y in 0..<size[1] {
                    for x in 0..<size[2] {
                        var sum = Double(biases[c])
                        for i in 0..<input.channels {
                            for t in 0..<taps {
                                let dz = t / (k[1] * k[2]) - (k[0] - 1) / 2, dy = t / k[2] % k[1] - (k[1] - 1) / 2
                                let dx = t % k[2] - (k[2] - 1) / 2
                                let weight = Double(weights[(c * input.channels + i) * taps + t])
                                sum += weight * input.at(i, z * s[0] + dz, y * s[1] + dy, x * s[2] + dx)
                            }
                        }
                        out.values.append(sum)
                    }
                }
            }
        }
        return out
    }

    func transposed(_ name: String, _ input: Map, _ channels: Int, _ stride: [Int]) throws -> Map {
        let kernel = Array(stride.suffix(architecture.spatialDimensions)), taps = stride.reduce(1, *)
        let weights = try source.weight(name + ".weight", shape: [input.channels, channels] + kernel)
        let biases =
            architecture.convolutionBias ? try source.weight(name + ".bias", shape: [channels]) : [Float](repeating: 0, count: channels)
        let size = (0..<3).map { input.size[$0] * stride[$0] }
        var out = Map(channels: channels, size: size, values: [])
        for c in 0..<channels {
            for z in 0..<size[0] {
                for y in 0..<size[1] {
                    for x in 0..<size[2] {
                        let tap = (z % stride[0] * stride[1] + y % stride[1]) * stride[2] + x % stride[2]
                        var sum = Double(biases[c])
                        for i in 0..<input.channels {
                            let weight = Double(weights[(i * channels + c) * taps + tap])
                            sum += weight * input.at(i, z / stride[0], y / stride[1], x / stride[2])
                        }
                        out.values.append(sum)
                    }
                }
            }
        }
        return out
    }

    func normalized(_ name: String, _ input: Map) throws -> Map {
        var map = input
        let count = input.size.reduce(1, *), shape = [input.channels]
        guard let normalization = architecture.normalization else { return map }
        for c in 0..<input.channels {
            let range = c * count..<(c + 1) * count
            let mean: Double, variance: Double, epsilon: Float, affine: Bool
            switch normalization {
            case .instance(let e, let a):
                (epsilon, affine) = (e, a)
                let average = input.values[range].reduce(0, +) / Double(count)
                mean = average
                variance = input.values[range].reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(count)
            case .batch(let e, let a):
                (epsilon, affine) = (e, a)
                mean = Double(try source.weight(name + ".running_mean", shape: shape)[c])
                variance = Double(try source.weight(name + ".running_var", shape: shape)[c])
            }
            let gamma = affine ? Double(try source.weight(name + ".weight", shape: shape)[c]) : 1
            let beta = affine ? Double(try source.weight(name + ".bias", shape: shape)[c]) : 0
            let scale = gamma / (variance + Double(epsilon)).squareRoot()
            for i in range { map.values[i] = (input.values[i] - mean) * scale + beta }
        }
        return map
    }

    func pooled(_ input: Map, _ window: [Int]) -> Map {
        let size = zip(input.size, window).map(/)
        var out = Map(channels: input.channels, size: size, values: [])
        for c in 0..<input.channels {
            for z in 0..<size[0] {
                for y in 0..<size[1] {
                    for x in 0..<size[2] {
                        var sum = 0.0
                        for i in 0..<window.reduce(1, *) {
                            let dz = i / (window[1] * window[2]), dy = i / window[2] % window[1], dx = i % window[2]
                            sum += input.at(c, z * window[0] + dz, y * window[1] + dy, x * window[2] + dx)
                        }
                        out.values.append(sum / Double(window.reduce(1, *)))
                    }
                }
            }
        }
        return out
    }
}
