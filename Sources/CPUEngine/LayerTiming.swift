/// What one layer of a planned network did in one pass.
package struct LayerTiming: Sendable, Hashable {
    /// The layer's name in nnU-Net's `state_dict`, or what it does where it has none.
    package let name: String
    /// How it is computed, for example `winograd 4x4x4` or `direct`.
    package let method: String
    /// (channels, spatial…) of its output.
    package let outputShape: [Int]
    /// Wall time.
    package let seconds: Double
    /// Billions of multiplications and additions, counted as direct convolution.
    package let gigaflop: Double
    /// Bytes of activations read and written once and of packed weights.
    package let bytes: Int
}
