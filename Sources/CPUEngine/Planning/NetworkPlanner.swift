import Files
import Networks
import Tensors

/// Lowers a network's graph to layers. Offsets of activations are tensor numbers until `finish` places them.
///
/// A convolution with the normalisation and the activation behind it is one layer; so are a transposed convolution with the convolution
/// that reads it beside a skip, and an addition with its activation (`GraphPatterns`).
struct NetworkPlanner {
    /// A tensor as later layers read it.
    struct Feature {
        var operand: ActivationOperand
        var size: [Int]

        /// Places in depth beyond what the tensor needs.
        var spare: Int { operand.layout.planes - size[0] }
    }

    /// What belongs to a convolution's layer.
    struct FusedLayer {
        /// The name of its weights.
        var name: String
        var hasBias: Bool
        /// The name and the kind of what normalises its output; nil for nothing.
        var normalization: (name: String, kind: NetworkGraph.Normalization)?
        /// By which the activation multiplies negative values; 1 for no activation.
        var slope: Float = 1
        /// Whether the activation comes before the normalisation.
        var activatesFirst = false
        /// It is a transposed convolution that stands for a pointwise one of repeated values, whose weights the checkpoint has.
        var repeatsTaps = false
        /// Nothing else reads the inputs: the output may follow one of them through its memory.
        var ownsInputs = false
        /// The output may get room in depth for a reader that follows it.
        var leavesRoom = false

        /// Whether the convolution stores activated values, to which it then adds the bias; else readers activate them.
        var activatesOnStore: Bool { normalization == nil || activatesFirst }
    }

    /// A transposed convolution that is computed slab by slab with the layer that reads it.
    struct Upsampling {
        var step: PlannedLayer.ConvolutionStep
        var bytes: Int
    }

    let graph: NetworkGraph
    /// Three sizes.
    let patch: [Int]
    let kernels: KernelSet
    let threads: Int
    let methods: MethodChoice
    var memory = MemoryPlan()
    var layers: [PlannedLayer] = []
    var recipes: [WeightRecipe] = []
    var mambaRecipes: [MambaRecipe] = []
    var upsampling: Upsampling?
    var weightCount = 0
    var scratchCount = 0

    init(graph: NetworkGraph, patch: [Int], kernels: KernelSet, threads: Int) {
        self.graph = graph
        self.patch = patch
        self.kernels = kernels
        self.threads = threads
        methods = MethodChoice(kernels: kernels, threads: threads, patch: patch)
    }

    /// Three sizes; 2D gets depth 1.
    func three(_ sizes: [Int]) -> [Int] { [Int](repeating: 1, count: 3 - sizes.count) + sizes }

    /// Plans every layer.
    ///
    /// - Throws: `Problem.unsupportedArchitecture` for what this engine does not compute.
    mutating func plan() throws(Problem) {
        let input = Feature(
            operand: ActivationOperand(offset: 0, channels: graph.inputChannels, layout: PlaneLayout(planes: patch[0])), size: patch)
        let patterns = GraphPatterns(graph)
        var features = [graph.input: [input]]
        for pattern in try patterns.all() {
            func read(_ id: NetworkGraph.TensorID) -> [Feature] { features[id] ?? [] }
            switch pattern {
            case .convolution(let node, let fused, let output):
                features[output] = [convolution(node, read(node.inputs[0]), as: fused)]
            case .upsampled(let transposed, let reader, let skip, let fused, let output):
                features[output] = [upsampled(transposed, read(transposed.inputs[0])[0], reader, skip: read(skip)[0], as: fused)]
            case .transposed(let node):
                features[node.output] = [transposed(node, read(node.inputs[0])[0])]
            case .repeated(let node, let reader):
                features[reader.output] = [repeated(node, read(node.inputs[0])[0], reader)]
            case .mamba(let node, let layer):
                features[node.output] = [try mamba(node, read(node.inputs[0])[0], layer)]
            case .pooling(let node, let window):
                features[node.output] = [pool(node.name, read(node.inputs[0])[0], window: three(window))]
            case .addition(let node, let slope, let output):
                let (first, second) = patterns.isOwned(node.inputs[0], by: node) ? (0, 1) : (1, 0)
                features[output] = [add(node.name, read(node.inputs[first])[0], read(node.inputs[second])[0], slope: slope)]
            case .concatenation(let node):
                features[node.output] = node.inputs.flatMap(read)
            case .head(let node): head(node, read(node.inputs[0]))
            }
        }
    }

    private mutating func convolution(
        _ node: NetworkGraph.Node, _ inputs: [Feature], as fused: FusedLayer
    ) -> Feature {
        guard case .convolution(let kernel, let stride, _) = node.operation else { preconditionFailure("no convolution") }
        return convolution(
            Convolution(
                inputChannels: inputs.map(\.operand.channels), outputChannels: graph[node.output].channels, input: inputs[0].size,
                kernel: three(kernel), stride: three(stride), hasPlainInput: node.inputs[0] == graph.input), inputs, as: fused)
    }

    private mutating func transposed(_ node: NetworkGraph.Node, _ input: Feature) -> Feature {
        guard case .transposedConvolution(let stride, let hasBias) = node.operation else {
            preconditionFailure("no transposed convolution")
        }
        return convolution(
            Convolution(
                inputChannels: [input.operand.channels], outputChannels: graph[node.output].channels, input: input.size,
                kernel: three(stride), stride: three(stride), isTransposed: true), [input],
            as: FusedLayer(name: node.name, hasBias: hasBias))
    }

    /// A pointwise convolution of repeated values.
    private mutating func repeated(
        _ node: NetworkGraph.Node, _ input: Feature, _ reader: NetworkGraph.Node
    ) -> Feature {
        guard case .nearestUpsampling(let factors) = node.operation, case .convolution(_, _, let hasBias) = reader.operation else {
            preconditionFailure("no repetition and its reader")
        }
        return convolution(
            Convolution(
                inputChannels: [input.operand.channels], outputChannels: graph[reader.output].channels, input: input.size,
                kernel: three(factors), stride: three(factors), isTransposed: true), [input],
            as: FusedLayer(name: reader.name, hasBias: hasBias, repeatsTaps: true))
    }

    /// What a decoder's stage begins with.
    private mutating func upsampled(
        _ transposed: NetworkGraph.Node, _ input: Feature, _ reader: NetworkGraph.Node, skip: Feature, as fused: FusedLayer
    ) -> Feature {
        guard case .transposedConvolution(let stride, let hasBias) = transposed.operation,
            case .convolution(let kernel, _, _) = reader.operation
        else { preconditionFailure("no transposed convolution and its reader") }
        let convolution = Convolution(
            inputChannels: [graph[transposed.output].channels, skip.operand.channels], outputChannels: graph[reader.output].channels,
            input: skip.size, kernel: three(kernel))
        return upsampled(
            FusedLayer(name: transposed.name, hasBias: hasBias), input, stride: three(stride), skip: skip, reader: convolution, as: fused)
    }

    private mutating func head(_ node: NetworkGraph.Node, _ inputs: [Feature]) {
        _ = convolution(
            Convolution(
                inputChannels: inputs.map(\.operand.channels), outputChannels: graph[node.output].channels, input: inputs[0].size,
                kernel: [1, 1, 1], hasPlainOutput: true), inputs, as: FusedLayer(name: node.name, hasBias: true))
    }

    /// Replaces tensor numbers by offsets.
    mutating func finish() -> NetworkPlan {
        let placement = Placement(offsets: memory.place())
        return NetworkPlan(
            layers: layers.map(placement.placed), recipes: recipes, mambaRecipes: mambaRecipes, arenaCount: memory.arenaCount,
            scratchCount: scratchCount,
            weightCount: weightCount, kernels: kernels)
    }
}
