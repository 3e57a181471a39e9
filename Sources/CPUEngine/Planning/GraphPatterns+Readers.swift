import Networks

/// Who reads what, and so which output may lie in which memory.
extension GraphPatterns {
    /// Says what may be done with the memory of a layer's inputs and output.
    func mark(_ fused: inout NetworkPlanner.FusedLayer, _ node: NetworkGraph.Node, _ output: NetworkGraph.TensorID) {
        fused.ownsInputs = mayFollowInputs(node, output)
        fused.leavesRoom = !isReadWhole(output) && sources(reading: output).contains { mayFollowInputs($0, layer(of: $0).output) }
    }

    /// The convolutions that read a tensor, by itself or among others.
    private func sources(reading tensor: NetworkGraph.TensorID) -> [NetworkGraph.Node] {
        (readers[tensor] ?? []).flatMap { place -> [NetworkGraph.Node] in
            switch nodes[place].operation {
            case .convolution: [nodes[place]]
            case .concatenation: sources(reading: nodes[place].output)
            default: []
            }
        }
    }

    /// Whether a convolution's output may take the memory of its inputs behind it: nothing reads them later, and nothing needs the output
    /// in one piece.
    private func mayFollowInputs(_ node: NetworkGraph.Node, _ output: NetworkGraph.TensorID) -> Bool {
        guard case .convolution = node.operation, !node.inputs.contains(graph.input), !isReadWhole(output) else { return false }
        return parts(of: node.inputs[0]).allSatisfy { isOwned($0, by: node) }
    }

    /// The tensors that a concatenation is of; the tensor itself where it is none.
    func parts(of tensor: NetworkGraph.TensorID) -> [NetworkGraph.TensorID] {
        guard let node = nodes.first(where: { $0.output == tensor }), case .concatenation = node.operation else { return [tensor] }
        return node.inputs.flatMap(parts)
    }

    /// Whether a node is the last to read a tensor.
    func isOwned(_ tensor: NetworkGraph.TensorID, by node: NetworkGraph.Node) -> Bool {
        guard let last = readers[tensor]?.last else { return false }
        if case .concatenation = nodes[last].operation { return isOwned(nodes[last].output, by: node) }
        return nodes[last] == node
    }

    /// Whether something reads a tensor that must lie in one piece.
    private func isReadWhole(_ tensor: NetworkGraph.TensorID) -> Bool {
        (readers[tensor] ?? []).contains { place in
            switch nodes[place].operation {
            case .addition, .averagePooling, .mamba: true
            default: false
            }
        }
    }

    func onlyReader(of tensor: NetworkGraph.TensorID) -> (place: Int, node: NetworkGraph.Node)? {
        guard let places = readers[tensor], places.count == 1, !graph.heads.contains(tensor) else { return nil }
        return (places[0], nodes[places[0]])
    }
}
