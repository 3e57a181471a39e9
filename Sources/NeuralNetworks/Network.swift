public import Tensors

/// One network planned for one patch shape: memory laid out once, a method chosen for each layer.
///
/// Its memory is reused by every call, so one thread uses it at a time; the threads inside come from the team.
public final class Network {
    /// What was planned.
    public let architecture: NetworkArchitecture
    /// (channels, patch…).
    public let inputShape: [Int]
    /// (heads, patch…).
    public let outputShape: [Int]
    /// The bytes of activations and scratch it holds between calls.
    public let memoryFootprint: Int

    private let team: ThreadTeam

    /// Plans `architecture` for patches of the shape `patch`, (z, y, x) or (y, x), each a multiple of the total stride.
    public init(architecture: NetworkArchitecture, patch: [Int], team: ThreadTeam) throws(NeuralNetworkError) {
        try architecture.validate()
        guard patch.count == architecture.spatialDimensions, patch.allSatisfy({ $0 > 0 }) else {
            throw .unsupportedPatch(patch, reason: "it needs \(architecture.spatialDimensions) positive sizes")
        }
        let strides = architecture.totalStride
        guard zip(patch, strides).allSatisfy({ $0 % $1 == 0 }) else {
            throw .unsupportedPatch(patch, reason: "each size must be a multiple of \(strides)")
        }
        self.architecture = architecture
        self.team = team
        inputShape = [architecture.inputChannels] + patch
        outputShape = [architecture.heads] + patch
        memoryFootprint = 0
    }

    /// Reads every weight of `source` and packs it for this plan; the result serves every network planned alike.
    public func prepare(_ source: some WeightSource) throws(NeuralNetworkError) -> NetworkWeights {
        NetworkWeights(memoryFootprint: 0)
    }

    /// Computes the logits of one patch.
    ///
    /// - `input`: shape `inputShape`, C order, normalised intensities.
    /// - `logits`: shape `outputShape`, C order; every value is written.
    public func predict(_ input: Span<Float>, weights: NetworkWeights, logits: inout MutableSpan<Float>) {
        precondition(input.count == inputShape.reduce(1, *) && logits.count == outputShape.reduce(1, *))
    }
}
