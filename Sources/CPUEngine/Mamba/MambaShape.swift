import Networks
import Tensors

/// The sizes of a Mamba layer for one patch and one instruction set.
struct MambaShape: Sendable, Hashable {
    let layer: MambaLayer
    /// Channels of the tensor.
    let channels: Int
    /// Positions of one channel.
    let positions: Int
    /// Of an activation's channel block.
    let block: Int

    /// The length of the sequence.
    var tokens: Int { layer.tokens == .channels ? channels : positions }
    /// The values of a token, up to whole blocks.
    var width: Int { padded(layer.width) }
    /// The channels inside, up to whole blocks.
    var inner: Int { padded(layer.inner) }
    /// What `x_proj` gives for each token: B, C and the steps' projection.
    var mix: Int { 2 * MambaLayer.states + padded(layer.rank) }

    private func padded(_ count: Int) -> Int { (count + block - 1) / block * block }

    /// Tokens that go through the layer together: what they take beside input and output stays in a cache, and is enough for many threads.
    var chunk: Int { min(tokens, max(256, min(4096, Self.chunkFloats / (3 * inner + mix)))) }
    /// Tokens of one work item.
    static let item = 128

    private static let chunkFloats = 1 << 20

    /// Floats that the layer needs within itself: a chunk's values, gates, steps and mixes, and the state.
    var workCount: Int { chunk * (3 * inner + mix) + inner * MambaLayer.states }
    /// Floats of private memory of a thread: an item's tokens and those before it, as rows and as channels inside.
    var scratchCount: Int { (Self.item + MambaLayer.taps - 1) * (width + inner) }

    var gigaflop: Double {
        let products = layer.width * 2 * layer.inner + layer.inner * (layer.rank + 2 * MambaLayer.states)
        let rest = layer.rank * layer.inner + layer.inner * layer.width + layer.inner * (MambaLayer.taps + 3 * MambaLayer.states)
        return 2e-9 * Double(tokens) * Double(products + rest)
    }
}

/// Where a Mamba layer's weights lie among the packed ones; offsets in floats. Matrices are (in, out), padded to whole blocks with zeros.
struct MambaOffsets: Sendable, Hashable {
    var normWeight = 0
    var normBias = 0
    /// The halves of `in_proj`.
    var values = 0
    var gates = 0
    var convolution = 0
    var convolutionBias = 0
    /// `x_proj` as B, C, then the steps' projection.
    var mix = 0
    var steps = 0
    var stepBias = 0
    /// -exp(A_log) as exponents of 2, [block][state][channel in block].
    var rates = 0
    var skip = 0
    var output = 0
}
