extension NetworkGraph {
    /// A weight, by its canonical name in nnU-Net's state dict.
    package struct Weight: Sendable, Hashable {
        /// Such as `encoder.stages.0.0.convs.0.conv.weight`.
        package let name: String
        /// C order; convolutions (out, in, z, y, x), transposed ones (in, out, z, y, x).
        package let shape: [Int]
    }

    /// Every weight that the logits of full resolution rest on, in the order of the network.
    package var predictionWeights: [Weight] { predictionNodes.flatMap(weights) }

    /// The weights of a node, of which its name is the beginning.
    package func weights(of node: Node) -> [Weight] {
        let (inputs, outputs) = (self[node.inputs[0]].channels, self[node.output].channels)
        func weights(_ shape: [Int], hasBias: Bool) -> [Weight] {
            [Weight(name: node.name + ".weight", shape: shape)]
                + (hasBias ? [Weight(name: node.name + ".bias", shape: [outputs])] : [])
        }
        switch node.operation {
        case .convolution(let kernel, _, let hasBias): return weights([outputs, inputs] + kernel, hasBias: hasBias)
        case .transposedConvolution(let stride, let hasBias): return weights([inputs, outputs] + stride, hasBias: hasBias)
        case .head: return weights([outputs, inputs] + [Int](repeating: 1, count: spatialDimensions), hasBias: true)
        case .normalization(let kind):
            return kind.parameters.map { Weight(name: "\(node.name).\($0)", shape: [outputs]) }
        case .mamba(let layer): return layer.weights.map { Weight(name: "\(node.name).\($0.name)", shape: $0.shape) }
        case .activation, .addition, .averagePooling, .nearestUpsampling, .concatenation: return []
        }
    }

    /// The names of all nodes that normalise.
    package var normalizationNames: [String] {
        predictionNodes.compactMap { node in
            if case .normalization = node.operation { node.name } else { nil }
        }
    }

    /// What its channels are normalised by; nil where they aren't. A network has one kind throughout.
    package var normalization: Normalization? {
        nodes.lazy.compactMap { node in
            if case .normalization(let kind) = node.operation { kind } else { nil }
        }.first
    }

    /// The same network with another kind of normalisation throughout.
    package func normalized(by kind: Normalization) -> NetworkGraph {
        var graph = self
        graph.nodes = nodes.map { node in
            guard case .normalization = node.operation else { return node }
            return Node(name: node.name, operation: .normalization(kind), inputs: node.inputs, output: node.output)
        }
        return graph
    }
}

extension NetworkGraph.Normalization {
    /// The last parts of its weights' names.
    var parameters: [String] {
        switch self {
        case .instance(_, let affine): affine ? ["weight", "bias"] : []
        case .batch(_, let affine): (affine ? ["weight", "bias"] : []) + ["running_mean", "running_var"]
        }
    }
}
