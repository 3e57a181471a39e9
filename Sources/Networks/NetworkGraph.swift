/// A network as a value: named operations on tensors, in an order in which they can be carried out.
///
/// One builder for each family of networks makes it (`UNetArchitecture.graph`); engines carry it out, checkpoints are compared with its
/// weights, training differentiates it. Names and shapes of weights are those of nnU-Net's `state_dict`.
package struct NetworkGraph: Sendable, Hashable {
    /// A tensor of this graph.
    package struct TensorID: Sendable, Hashable {
        let index: Int
    }

    /// What is known of a tensor before the patch is.
    package struct Tensor: Sendable, Hashable {
        /// At least 1.
        package let channels: Int
        /// How many positions of the input, on each axis, one of its positions stands for.
        package let reduction: [Int]
    }

    /// One operation and its place.
    package struct Node: Sendable, Hashable {
        /// The name of its module in the network; its weights' names begin with it.
        package let name: String
        /// What it does.
        package let operation: Operation
        /// What it reads, in the order that the operation takes.
        package let inputs: [TensorID]
        /// What it gives.
        package let output: TensorID
    }

    /// What a node does.
    package enum Operation: Sendable, Hashable {
        /// Zero padding so that stride 1 keeps the size; kernel sizes are odd.
        case convolution(kernel: [Int], stride: [Int], hasBias: Bool)
        /// Kernel and stride are equal, so that no two places of the kernel meet.
        case transposedConvolution(stride: [Int], hasBias: Bool)
        case normalization(Normalization)
        case activation(Activation)
        /// Of tensors of one shape.
        case addition
        /// Windows that don't overlap.
        case averagePooling(window: [Int])
        /// Each value repeated `factors` times on each axis.
        case nearestUpsampling(factors: [Int])
        /// A sequence model over the tensor's positions or channels; what it gives replaces the tensor.
        case mamba(MambaLayer)
        /// Of channels, in the order of the inputs.
        case concatenation
        /// A convolution with kernel 1 and bias that gives logits.
        case head
    }

    /// How channels are normalised.
    package enum Normalization: Sendable, Hashable {
        /// Mean and biased variance of each channel over the patch.
        case instance(epsilon: Float, affine: Bool)
        /// The running mean and variance of the checkpoint.
        case batch(epsilon: Float, affine: Bool)
    }

    /// A function of single values.
    package enum Activation: Sendable, Hashable {
        case leakyReLU(slope: Float)
        case reLU

        /// By which negative values are multiplied.
        package var slope: Float {
            switch self {
            case .leakyReLU(let slope): slope
            case .reLU: 0
            }
        }
    }

    /// A stage of the encoder, for people.
    package struct Stage: Sendable, Hashable {
        /// Of its output.
        package let channels: Int
        /// Of its convolutions.
        package let kernel: [Int]
        /// By which it reduces its input.
        package let stride: [Int]
    }

    /// The class that builds it in nnU-Net, for people.
    package let family: String
    /// 2 or 3; sizes are in the network's order, (z, y, x) or (y, x).
    package let spatialDimensions: Int
    /// The image's channels and a cascade's one-hot channels.
    package let input: TensorID
    /// Each before the nodes that read its output.
    package internal(set) var nodes: [Node]
    /// Logits, those of full resolution first; more than one where training supervises lower resolutions too.
    package let heads: [TensorID]
    /// The encoder's, highest resolution first.
    package let stages: [Stage]
    let tensors: [Tensor]

    /// A tensor's channels and scale.
    package subscript(_ id: TensorID) -> Tensor { tensors[id.index] }

    /// The input's channels.
    package var inputChannels: Int { self[input].channels }
    /// The channels of the logits: labels with background, or regions.
    package var headChannels: Int { self[heads[0]].channels }

    /// The largest reduction on each axis; a patch must be a multiple of it.
    package var totalStride: [Int] {
        tensors.reduce([Int](repeating: 1, count: spatialDimensions)) { largest, tensor in zip(largest, tensor.reduction).map(max) }
    }

    /// The nodes that the logits of full resolution rest on, in order; what serves other heads alone is left out.
    package var predictionNodes: [Node] {
        var needed: Set<TensorID> = [heads[0]]
        var found: [Node] = []
        for node in nodes.reversed() where needed.contains(node.output) {
            needed.formUnion(node.inputs)
            found.append(node)
        }
        return found.reversed()
    }
}
