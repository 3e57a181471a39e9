import Files
import Networks
import Tensors

extension NetworkPlanner {
    /// A Mamba layer behind a stage.
    ///
    /// - Throws: `Problem.unsupportedPatch` where tokens are channels and the patch is not the one they are as wide as.
    mutating func mamba(_ node: NetworkGraph.Node, _ input: Feature, _ layer: MambaLayer) throws(Problem) -> Feature {
        precondition(input.operand.layout == PlaneLayout(planes: input.size[0]), "a Mamba layer reads whole tensors")
        let step = layers.count, channels = input.operand.channels, positions = input.size.reduce(1, *)
        let width = layer.tokens == .channels ? positions : channels
        guard layer.width == width else {
            throw .unsupportedPatch(
                patch.suffix(graph.spatialDimensions),
                reason: "the layer \(node.name) was trained for \(layer.width) positions and would have \(width)")
        }
        let shape = MambaShape(layer: layer, channels: channels, positions: positions, block: kernels.block)
        let offsets = weights(of: shape)
        mambaRecipes.append(MambaRecipe(name: node.name, shape: shape, weights: offsets))
        scratchCount = max(scratchCount, shape.scratchCount)
        memory.use(input.operand.offset, step: step)
        let output = memory.tensor(count: padded(channels) * positions, step: step)
        let plan = MambaPlan(
            shape: shape, weights: offsets, source: input.operand, output: output, work: memory.tensor(count: shape.workCount, step: step))
        layers.append(
            PlannedLayer(
                name: node.name, operation: .mamba(plan), outputShape: [channels] + input.size.suffix(graph.spatialDimensions),
                bytes: 8 * channels * positions))
        return Feature(
            operand: ActivationOperand(offset: output, channels: channels, layout: PlaneLayout(planes: input.size[0])), size: input.size)
    }

    private mutating func weights(of shape: MambaShape) -> MambaOffsets {
        MambaOffsets(
            normWeight: weights(shape.width), normBias: weights(shape.width),
            values: weights(shape.layer.width * shape.inner), gates: weights(shape.layer.width * shape.inner),
            convolution: weights(MambaLayer.taps * shape.inner), convolutionBias: weights(shape.inner),
            mix: weights(shape.layer.inner * shape.mix), steps: weights(shape.layer.rank * shape.inner), stepBias: weights(shape.inner),
            rates: weights(shape.inner * MambaLayer.states), skip: weights(shape.inner), output: weights(shape.layer.inner * shape.width))
    }
}
