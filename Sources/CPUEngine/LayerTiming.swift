/// What one layer of a planned network did in one pass.
public struct LayerTiming: Sendable, Hashable {
    /// The layer's name in nnU-Net's `state_dict`, or what it does where it has none.
    public let name: String
    /// How it is computed, for example `winograd 4x4x4` or `direct`.
    public let method: String
    /// (channels, spatial…) of its output.
    public let outputShape: [Int]
    /// Wall time.
    public let seconds: Double
    /// Billions of multiplications and additions, counted as direct convolution.
    public let gigaflop: Double
    /// Bytes of activations read and written once and of packed weights.
    public let bytes: Int
}
