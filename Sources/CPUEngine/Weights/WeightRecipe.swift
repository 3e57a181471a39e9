import Files
import Networks
import Tensors

/// How one convolution's weights are read from a checkpoint and where they lie when packed; offsets in floats.
struct WeightRecipe: Sendable {
    /// The transposed convolution that an upsampled layer begins with.
    struct Transposed: Sendable {
        /// The name before `.weight` and `.bias`.
        var name: String
        var shape: [Int]
    }

    /// The name before `.weight` and `.bias`.
    var convolution: String
    var shape: [Int]
    /// The checkpoint's weights are a pointwise convolution's, (out, in, 1…), each of which is every tap of a transposed one's.
    var repeatsTaps = false
    var hasBias: Bool
    /// The input channels that this layer reads; nil for all.
    var inputs: Range<Int>?
    /// Of an upsampled layer, whose bias is the transposed convolution's.
    var transposed: Transposed?
    /// The name of the normalisation before `.weight`; nil where there is none.
    var normalization: String?
    var kind: NetworkGraph.Normalization?

    var plan: ConvolutionPlan
    var packed: Int
    /// Padded to whole blocks, added by the convolution; of an upsampled layer 64 times, for inner places and borders.
    var bias: Int?
    /// An instance normalisation's parameters.
    var gamma: Int?
    var beta: Int?
    /// A batch normalisation's, with the bias in it unless the convolution adds it; padded to whole blocks.
    var scale: Int?
    var shift: Int?

    private var channels: Int { plan.convolution.outputChannels }

    /// Reads from `source` and writes into `weights`, which is zero before.
    func load(_ source: some WeightSource, into weights: inout FloatBuffer, team: ThreadTeam) throws(Problem) {
        var kernel = try source.weight(convolution + ".weight", shape: shape)
        if let inputs {
            let taps = shape[2...].reduce(1, *), row = shape[1] * taps
            kernel = (0..<shape[0]).flatMap { kernel[$0 * row + inputs.lowerBound * taps..<$0 * row + inputs.upperBound * taps] }
        }
        if repeatsTaps { kernel = withRepeatedTaps(kernel) }
        if let transposed {
            try loadUpsampled(source, transposed, kernel: kernel, into: &weights, team: team)
            return
        }
        plan.pack(kernel.span, into: &weights, at: packed, team: team)
        var biases = [Float](repeating: 0, count: channels)
        if hasBias { biases = try source.weight(convolution + ".bias", shape: [channels]) }
        if let bias { weights.write(biases, at: bias) }
        guard let normalization, let kind else { return }
        switch kind {
        case .instance:
            guard let gamma, let beta else { return }
            weights.write(try source.weight(normalization + ".weight", shape: [channels]), at: gamma)
            weights.write(try source.weight(normalization + ".bias", shape: [channels]), at: beta)
        case .batch(let epsilon, let affine):
            try loadBatch(source, normalization, epsilon: epsilon, affine: affine, biases: biases, into: &weights)
        }
    }

    /// (out, in) as (in, out, taps).
    private func withRepeatedTaps(_ pointwise: [Float]) -> [Float] {
        let taps = plan.convolution.kernel.reduce(1, *), (outputs, inputs) = (shape[0], shape[1])
        var kernel: [Float] = []
        kernel.reserveCapacity(pointwise.count * taps)
        for input in 0..<inputs {
            for output in 0..<outputs { kernel += repeatElement(pointwise[output * inputs + input], count: taps) }
        }
        return kernel
    }

    private func loadUpsampled(
        _ source: some WeightSource, _ transposed: Transposed, kernel: [Float], into weights: inout FloatBuffer, team: ThreadTeam
    ) throws(Problem) {
        guard let upsampling = plan.convolution.upsampling else { return }
        let both = UpsampledWeights(
            upsampling: upsampling, kernel: plan.convolution.kernel, inputs: plan.convolution.inputChannels.reduce(0, +), outputs: channels,
            transposed: try source.weight(transposed.name + ".weight", shape: transposed.shape), convolution: kernel)
        plan.pack(both.composed(team: team).span, into: &weights, at: packed, team: team)
        guard let bias else { return }
        let padded = plan.kernels.blocks(channels) * plan.kernels.block
        for (border, values) in both.bias(try source.weight(transposed.name + ".bias", shape: [upsampling.channels])).enumerated() {
            weights.write(values.map { Float($0) }, at: bias + border * padded)
        }
    }

    /// y = (x + bias - mean) / sqrt(variance + epsilon) * gamma + beta as one scale and shift.
    private func loadBatch(
        _ source: some WeightSource, _ name: String, epsilon: Float, affine: Bool, biases: [Float], into weights: inout FloatBuffer
    ) throws(Problem) {
        guard let scale, let shift else { return }
        let mean = try source.weight(name + ".running_mean", shape: [channels])
        let variance = try source.weight(name + ".running_var", shape: [channels])
        var gamma = [Float](repeating: 1, count: channels), beta = [Float](repeating: 0, count: channels)
        if affine {
            gamma = try source.weight(name + ".weight", shape: [channels])
            beta = try source.weight(name + ".bias", shape: [channels])
        }
        for channel in 0..<channels {
            let factor = Double(gamma[channel]) / (Double(variance[channel]) + Double(epsilon)).squareRoot()
            let offset = (bias == nil ? Double(biases[channel]) : 0) - Double(mean[channel])
            weights[scale + channel] = Float(factor)
            weights[shift + channel] = Float(Double(beta[channel]) + offset * factor)
        }
    }
}

extension FloatBuffer {
    mutating func write(_ values: [Float], at offset: Int) {
        for (index, value) in values.enumerated() { self[offset + index] = value }
    }
}
