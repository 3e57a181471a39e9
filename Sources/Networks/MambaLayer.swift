/// A LayerNorm and a Mamba block (Gu and Dao 2023) as U-Mamba puts them behind a stage: a selective state space over a sequence of tokens.
///
/// With E channels inside and R = ceil(width / 16), a token h_t of `width` values becomes, after its normalisation:
/// x, z = halves of in_proj h; x' = SiLU(causal depthwise convolution of x); δ, B, C = parts of x_proj x' with R, 16 and 16 values;
/// Δ = softplus(dt_proj δ + bias); s = exp(Δ A) s + Δ B x' with A = -exp(A_log), zero before the first token; y = C s + D x';
/// out_proj (y SiLU(z)). There is no residual connection.
package struct MambaLayer: Sendable, Hashable {
    /// What a token is.
    package enum Tokens: Sendable, Hashable {
        /// A position, as wide as the tensor has channels; in C order.
        case positions
        /// A channel, as wide as the tensor has positions, which therefore fixes the patch.
        case channels
    }

    /// The states of each channel inside (`d_state`).
    package static let states = 16
    /// The taps of the causal convolution (`d_conv`).
    package static let taps = 4
    /// The LayerNorm's.
    package static let epsilon: Float = 1e-5

    /// What a token is.
    package let tokens: Tokens
    /// The values of a token.
    package let width: Int

    /// - `width`: positive.
    package init(tokens: Tokens, width: Int) {
        precondition(width > 0)
        self.tokens = tokens
        self.width = width
    }

    /// The channels inside: twice the width (`expand`).
    package var inner: Int { 2 * width }
    /// Of the projection that the step sizes come from (`dt_rank`).
    package var rank: Int { (width + 15) / 16 }

    /// The names and shapes of its weights, below its module's name, C order.
    package var weights: [(name: String, shape: [Int])] {
        [
            ("norm.weight", [width]), ("norm.bias", [width]),
            ("mamba.A_log", [inner, Self.states]), ("mamba.D", [inner]), ("mamba.in_proj.weight", [2 * inner, width]),
            ("mamba.conv1d.weight", [inner, 1, Self.taps]), ("mamba.conv1d.bias", [inner]),
            ("mamba.x_proj.weight", [rank + 2 * Self.states, inner]), ("mamba.dt_proj.weight", [inner, rank]),
            ("mamba.dt_proj.bias", [inner]), ("mamba.out_proj.weight", [width, inner]),
        ]
    }
}
