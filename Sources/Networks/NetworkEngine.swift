package import Files
package import Tensors

/// What carries out networks, one engine for each kind of machine. Whoever predicts knows this and no engine.
package protocol NetworkEngine: Sendable {
    /// Plans a network for patches of one shape and makes the weights of each checkpoint ready for it.
    ///
    /// - Parameters:
    ///   - network: the graph.
    ///   - patch: (z, y, x) or (y, x), each a multiple of the network's total stride.
    ///   - weights: one for each checkpoint; an engine opens what it needs.
    /// - Throws: `Problem` for what the engine does not compute, and what opening a checkpoint throws.
    /// - Returns: the network, ready to predict.
    func load(_ network: NetworkGraph, patch: [Int], weights: [any TrainedWeights]) throws(Problem) -> any LoadedNetwork
}

/// A checkpoint's weights, read when an engine asks for them.
package protocol TrainedWeights: Sendable {
    /// The checkpoint.
    var path: String { get }

    /// The SHA-256 of the checkpoint's file in hexadecimal digits, by which an engine finds again what it made of its weights. May be asked
    /// for by several threads, and costs little where the file was read before.
    func digest() throws(Problem) -> String

    /// Opens the checkpoint and checks that every weight of its network is there and whole.
    func open() throws(Problem) -> any WeightSource
}

/// A network that an engine has made ready, with the weights of one or more checkpoints. Its memory is reused: one call at a time.
package protocol LoadedNetwork: AnyObject {
    /// (channels, patch…).
    var inputShape: [Int] { get }
    /// (heads, patch…).
    var outputShape: [Int] { get }
    /// How many checkpoints' weights it holds.
    var checkpointCount: Int { get }
    /// The bytes of its memory and of all weights.
    var memoryFootprint: Int { get }
    /// Whether the weights are still all there; one that has lost some must not be used any more.
    var isWhole: Bool { get }
    /// For people: what was unusual about making it ready.
    var notices: [String] { get }

    /// Adds the weighted logits of one patch of a case, mirrored back, to the case's.
    ///
    /// - Parameters:
    ///   - input: shape `inputShape`, C order, normalised intensities, mirrored as `placement` says.
    ///   - checkpoint: whose weights, from 0.
    ///   - placement: where the patch lies, how it is mirrored and weighted.
    ///   - accumulator: the case's logits.
    func predict(_ input: Span<Float>, checkpoint: Int, placement: PatchPlacement, into accumulator: borrowing LogitAccumulator)
}
