import Files
import Networks

/// Finds, in a network's graph, what this engine computes as one layer.
struct GraphPatterns {
    /// Nodes that are one layer.
    enum Pattern {
        /// A convolution with the normalisation and the activation behind it.
        case convolution(NetworkGraph.Node, NetworkPlanner.FusedLayer, output: NetworkGraph.TensorID)
        /// A transposed convolution and the convolution that reads it before a skip.
        case upsampled(
            NetworkGraph.Node, reader: NetworkGraph.Node, skip: NetworkGraph.TensorID, NetworkPlanner.FusedLayer,
            output: NetworkGraph.TensorID)
        case transposed(NetworkGraph.Node)
        /// Values repeated and the pointwise convolution that reads them: together a transposed convolution whose taps are equal.
        case repeated(NetworkGraph.Node, reader: NetworkGraph.Node)
        case pooling(NetworkGraph.Node, window: [Int])
        case mamba(NetworkGraph.Node, MambaLayer)
        /// An addition and its activation.
        case addition(NetworkGraph.Node, slope: Float, output: NetworkGraph.TensorID)
        /// Computes nothing: what reads it reads its inputs.
        case concatenation(NetworkGraph.Node)
        case head(NetworkGraph.Node)
    }

    let graph: NetworkGraph
    let nodes: [NetworkGraph.Node]
    /// The places in `nodes` of what reads a tensor, in order.
    private(set) var readers: [NetworkGraph.TensorID: [Int]] = [:]

    init(_ graph: NetworkGraph) {
        self.graph = graph
        nodes = graph.predictionNodes
        for (place, node) in nodes.enumerated() {
            for input in node.inputs { readers[input, default: []].append(place) }
        }
    }

    /// The layers in the order of their first nodes; an upsampled convolution stands where its transposed convolution does.
    func all() throws(Problem) -> [Pattern] {
        var patterns: [Pattern] = []
        var taken: Set<Int> = []
        for (place, node) in nodes.enumerated() where !taken.contains(place) {
            let (pattern, places) = try pattern(at: place, node)
            patterns.append(pattern)
            taken.formUnion(places)
        }
        return patterns
    }

    /// A pattern and the places of its nodes.
    private func pattern(at place: Int, _ node: NetworkGraph.Node) throws(Problem) -> (Pattern, [Int]) {
        if node.inputs.contains(graph.input) {
            guard case .convolution = node.operation else { throw unsupported(node, "of the image itself") }
        }
        switch node.operation {
        case .convolution:
            let (fused, output, places) = fusedLayer(at: place, node)
            return (.convolution(node, fused, output: output), places)
        case .transposedConvolution: return upsampling(at: place, node)
        case .averagePooling(let window): return (.pooling(node, window: window), [place])
        case .nearestUpsampling: return try repetition(at: place, node)
        case .mamba(let layer): return (.mamba(node, layer), [place])
        case .addition:
            guard node.inputs.count == 2, node.inputs.contains(where: { isOwned($0, by: node) }) else {
                throw unsupported(node, "of tensors that are read later, too")
            }
            if let (reader, next) = onlyReader(of: node.output), case .activation(let function) = next.operation {
                return (.addition(node, slope: function.slope, output: next.output), [place, reader])
            }
            return (.addition(node, slope: 1, output: node.output), [place])
        case .concatenation:
            let readers = readers[node.output] ?? []
            guard readers.allSatisfy({ if case .convolution = nodes[$0].operation { true } else { false } }) else {
                throw unsupported(node, "that no convolution reads")
            }
            return (.concatenation(node), [place])
        case .head: return (.head(node), [place])
        case .normalization: throw unsupported(node, "that follows no convolution")
        case .activation: throw unsupported(node, "that follows no convolution and no addition")
        }
    }

    private func unsupported(_ node: NetworkGraph.Node, _ circumstance: String) -> Problem {
        .unsupportedArchitecture(reason: "\(node.operation.name) \(node.name) \(circumstance) in the network \(graph.family)")
    }

    // MARK: Fused layers

    /// A convolution's layer, the tensor that it gives, and the places of its nodes.
    private func fusedLayer(
        at place: Int, _ node: NetworkGraph.Node
    ) -> (NetworkPlanner.FusedLayer, output: NetworkGraph.TensorID, places: [Int]) {
        var (fused, output, followers) = layer(of: node)
        mark(&fused, node, output)
        return (fused, output, [place] + followers)
    }

    /// A convolution with the normalisation and the activation behind it, what they give, and the places of those two.
    func layer(
        of node: NetworkGraph.Node
    ) -> (fused: NetworkPlanner.FusedLayer, output: NetworkGraph.TensorID, followers: [Int]) {
        guard case .convolution(_, _, let hasBias) = node.operation else { preconditionFailure("no convolution") }
        var fused = NetworkPlanner.FusedLayer(name: node.name, hasBias: hasBias)
        var (output, followers, isActivated) = (node.output, [Int](), false)
        follow: while let (place, next) = onlyReader(of: output) {
            switch next.operation {
            case .normalization(let kind) where fused.normalization == nil:
                fused.normalization = (next.name, kind)
                fused.activatesFirst = isActivated
            case .activation(let function) where !isActivated:
                fused.slope = function.slope
                isActivated = true
            default: break follow
            }
            output = next.output
            followers.append(place)
        }
        return (fused, output, followers)
    }

    // MARK: Upsampling

    /// A transposed convolution, with the convolution that reads it and a skip, where there is one.
    private func upsampling(at place: Int, _ node: NetworkGraph.Node) -> (Pattern, [Int]) {
        guard let (joint, joined) = onlyReader(of: node.output), joint == place + 1, case .concatenation = joined.operation,
            joined.inputs.count == 2,
            joined.inputs[0] == node.output, let (start, reader) = onlyReader(of: joined.output),
            start == joint + 1,
            case .convolution(_, let stride, _) = reader.operation, stride.allSatisfy({ $0 == 1 }), joined.inputs[1] != graph.input,
            parts(of: joined.inputs[1]) == [joined.inputs[1]], isMade(joined.inputs[1], before: place)
        else { return (.transposed(node), [place]) }
        let (fused, output, places) = fusedLayer(at: start, reader)
        return (.upsampled(node, reader: reader, skip: joined.inputs[1], fused, output: output), [place, joint] + places)
    }

    private func repetition(at place: Int, _ node: NetworkGraph.Node) throws(Problem) -> (Pattern, [Int]) {
        guard let (next, reader) = onlyReader(of: node.output), case .convolution(let kernel, let stride, _) = reader.operation,
            (kernel + stride).allSatisfy({ $0 == 1 }), layer(of: reader).followers.isEmpty
        else { throw unsupported(node, "that is not read by a pointwise convolution alone") }
        return (.repeated(node, reader: reader), [place, next])
    }

    private func isMade(_ tensor: NetworkGraph.TensorID, before place: Int) -> Bool {
        nodes[..<place].contains { $0.output == tensor }
    }
}

extension NetworkGraph.Operation {
    /// For people.
    fileprivate var name: String {
        switch self {
        case .convolution: "the convolution"
        case .transposedConvolution: "the transposed convolution"
        case .normalization: "the normalisation"
        case .activation: "the activation"
        case .addition: "the addition"
        case .averagePooling: "the pooling"
        case .nearestUpsampling: "the upsampling"
        case .mamba: "the Mamba layer"
        case .concatenation: "the concatenation"
        case .head: "the head"
        }
    }
}
