/// Builds a network's graph operation by operation; each gives the tensor that it makes.
package struct GraphBuilder {
    private let family: String
    private let spatialDimensions: Int
    private var tensors: [NetworkGraph.Tensor]
    private var nodes: [NetworkGraph.Node] = []
    private var stages: [NetworkGraph.Stage] = []

    /// The network's input.
    package let input = NetworkGraph.TensorID(index: 0)

    /// - `family`: the class that builds the network in nnU-Net.
    package init(family: String, inputChannels: Int, spatialDimensions: Int) {
        self.family = family
        self.spatialDimensions = spatialDimensions
        tensors = [.init(channels: inputChannels, reduction: [Int](repeating: 1, count: spatialDimensions))]
    }

    /// The graph; `heads` are the logits, those of full resolution first.
    package func graph(heads: [NetworkGraph.TensorID]) -> NetworkGraph {
        precondition(!heads.isEmpty, "a network without logits")
        precondition(heads.allSatisfy { tensors.indices.contains($0.index) }, "logits must be made before the graph is asked for")
        return NetworkGraph(
            family: family, spatialDimensions: spatialDimensions, input: input, nodes: nodes, heads: heads, stages: stages, tensors: tensors
        )
    }

    /// A tensor's channels.
    package func channels(of id: NetworkGraph.TensorID) -> Int { tensors[id.index].channels }

    /// Notes a stage of the encoder.
    package mutating func stage(channels: Int, kernel: [Int], stride: [Int]) {
        stages.append(.init(channels: channels, kernel: kernel, stride: stride))
    }

    /// A convolution; the kernel has one size for each axis, each odd.
    package mutating func convolution(
        _ name: String, _ input: NetworkGraph.TensorID, channels: Int, kernel: [Int], stride: [Int], hasBias: Bool
    ) -> NetworkGraph.TensorID {
        let reduction = zip(tensors[input.index].reduction, stride).map(*)
        return add(name, .convolution(kernel: kernel, stride: stride, hasBias: hasBias), [input], channels: channels, reduction: reduction)
    }

    /// A transposed convolution whose kernel is its stride, which must divide the tensor's reduction.
    package mutating func transposedConvolution(
        _ name: String, _ input: NetworkGraph.TensorID, channels: Int, stride: [Int], hasBias: Bool
    ) -> NetworkGraph.TensorID {
        let reduction = zip(tensors[input.index].reduction, stride).map { $0 / $1 }
        return add(name, .transposedConvolution(stride: stride, hasBias: hasBias), [input], channels: channels, reduction: reduction)
    }

    /// A normalisation of each channel.
    package mutating func normalization(
        _ name: String, _ input: NetworkGraph.TensorID, _ kind: NetworkGraph.Normalization
    ) -> NetworkGraph.TensorID {
        keepingShape(name, .normalization(kind), [input])
    }

    /// A function of each value.
    package mutating func activation(
        _ name: String, _ input: NetworkGraph.TensorID, _ function: NetworkGraph.Activation
    ) -> NetworkGraph.TensorID {
        keepingShape(name, .activation(function), [input])
    }

    /// The sum of two tensors of one shape.
    package mutating func addition(
        _ name: String, _ first: NetworkGraph.TensorID, _ second: NetworkGraph.TensorID
    ) -> NetworkGraph.TensorID {
        precondition(tensors[first.index] == tensors[second.index], "tensors of different shapes are added at \(name)")
        return keepingShape(name, .addition, [first, second])
    }

    /// The means of windows that don't overlap.
    package mutating func averagePooling(_ name: String, _ input: NetworkGraph.TensorID, window: [Int]) -> NetworkGraph.TensorID {
        let tensor = tensors[input.index]
        return add(
            name, .averagePooling(window: window), [input], channels: tensor.channels, reduction: zip(tensor.reduction, window).map(*))
    }

    /// Each value repeated on each axis, by factors that divide the tensor's reduction.
    package mutating func nearestUpsampling(_ name: String, _ input: NetworkGraph.TensorID, factors: [Int]) -> NetworkGraph.TensorID {
        let tensor = tensors[input.index]
        return add(
            name, .nearestUpsampling(factors: factors), [input], channels: tensor.channels,
            reduction: zip(tensor.reduction, factors).map { $0 / $1 })
    }

    /// A LayerNorm and a Mamba block over the positions or channels of a tensor.
    package mutating func mamba(_ name: String, _ input: NetworkGraph.TensorID, _ layer: MambaLayer) -> NetworkGraph.TensorID {
        keepingShape(name, .mamba(layer), [input])
    }

    /// The channels of several tensors of one size, in order.
    package mutating func concatenation(_ name: String, _ inputs: [NetworkGraph.TensorID]) -> NetworkGraph.TensorID {
        let parts = inputs.map { tensors[$0.index] }
        precondition(parts.allSatisfy { $0.reduction == parts[0].reduction }, "tensors of different sizes are joined at \(name)")
        return add(name, .concatenation, inputs, channels: parts.reduce(0) { $0 + $1.channels }, reduction: parts[0].reduction)
    }

    /// Logits: a convolution with kernel 1 and bias.
    package mutating func head(_ name: String, _ input: NetworkGraph.TensorID, channels: Int) -> NetworkGraph.TensorID {
        add(name, .head, [input], channels: channels, reduction: tensors[input.index].reduction)
    }

    private mutating func keepingShape(
        _ name: String, _ operation: NetworkGraph.Operation, _ inputs: [NetworkGraph.TensorID]
    ) -> NetworkGraph.TensorID {
        let tensor = tensors[inputs[0].index]
        return add(name, operation, inputs, channels: tensor.channels, reduction: tensor.reduction)
    }

    private mutating func add(
        _ name: String, _ operation: NetworkGraph.Operation, _ inputs: [NetworkGraph.TensorID], channels: Int, reduction: [Int]
    ) -> NetworkGraph.TensorID {
        let output = NetworkGraph.TensorID(index: tensors.count)
        tensors.append(.init(channels: channels, reduction: reduction))
        nodes.append(.init(name: name, operation: operation, inputs: inputs, output: output))
        return output
    }
}
