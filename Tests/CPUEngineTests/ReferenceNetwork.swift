import Networks
import Testing

/// A network's graph carried out in plain loops and float64, without the engine.
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

    let graph: NetworkGraph
    let source: any WeightSource

    init(graph: NetworkGraph, source: any WeightSource = RandomWeights()) {
        self.graph = graph
        self.source = source
    }

    func three(_ sizes: [Int]) -> [Int] { [Int](repeating: 1, count: 3 - sizes.count) + sizes }

    /// The logits of full resolution, node by node.
    func forward(_ input: [Float], patch: [Int]) throws -> [Double] {
        var maps = [graph.input: Map(channels: graph.inputChannels, size: three(patch), values: input.map(Double.init))]
        for node in graph.nodes {
            let inputs = try node.inputs.map { try #require(maps[$0]) }
            maps[node.output] = try output(of: node, inputs)
        }
        return try #require(maps[graph.heads[0]]).values
    }

    private func output(of node: NetworkGraph.Node, _ inputs: [Map]) throws -> Map {
        let channels = graph[node.output].channels
        switch node.operation {
        case .convolution(let kernel, let stride, let hasBias):
            return try convolution(node.name, inputs[0], channels, kernel, stride, bias: hasBias)
        case .transposedConvolution(let stride, let hasBias):
            return try transposed(node.name, inputs[0], channels, three(stride), bias: hasBias)
        case .head:
            let ones = [Int](repeating: 1, count: graph.spatialDimensions)
            return try convolution(node.name, inputs[0], channels, ones, ones, bias: true)
        case .normalization(let kind): return try normalized(node.name, inputs[0], kind)
        case .activation(let function):
            var map = inputs[0]
            let slope = Double(function.slope)
            map.values = map.values.map { max($0, slope * $0) }
            return map
        case .addition:
            var map = inputs[0]
            for i in map.values.indices { map.values[i] += inputs[1].values[i] }
            return map
        case .nearestUpsampling(let factors): return repeated(inputs[0], three(factors))
        case .mamba(let layer): return try mamba(node.name, inputs[0], layer)
        case .averagePooling(let window): return pooled(inputs[0], three(window))
        case .concatenation:
            return Map(channels: channels, size: inputs[0].size, values: inputs.flatMap(\.values))
        }
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

    func transposed(_ name: String, _ input: Map, _ channels: Int, _ stride: [Int], bias: Bool) throws -> Map {
        let kernel = Array(stride.suffix(graph.spatialDimensions)), taps = stride.reduce(1, *)
        let weights = try source.weight(name + ".weight", shape: [input.channels, channels] + kernel)
        let biases =
            bias ? try source.weight(name + ".bias", shape: [channels]) : [Float](repeating: 0, count: channels)
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

    func normalized(_ name: String, _ input: Map, _ normalization: NetworkGraph.Normalization) throws -> Map {
        var map = input
        let count = input.size.reduce(1, *), shape = [input.channels]
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
