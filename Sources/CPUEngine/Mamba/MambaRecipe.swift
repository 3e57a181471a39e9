import Files
import Glibc
import Networks
import Tensors

/// How a Mamba layer's weights are read from a checkpoint and where they lie when packed.
struct MambaRecipe: Sendable {
    /// The module's name.
    var name: String
    var shape: MambaShape
    var weights: MambaOffsets

    /// Reads from `source` and writes into `packed`, which is zero before.
    func load(_ source: some WeightSource, into packed: inout FloatBuffer) throws(Problem) {
        var values: [String: [Float]] = [:]
        for weight in shape.layer.weights {
            values[weight.name] = try source.weight("\(name).\(weight.name)", shape: weight.shape)
        }
        func weight(_ name: String) -> ArraySlice<Float> { (values[name] ?? [])[...] }
        let vectors = [
            ("norm.weight", weights.normWeight), ("norm.bias", weights.normBias), ("mamba.conv1d.bias", weights.convolutionBias),
            ("mamba.dt_proj.bias", weights.stepBias), ("mamba.D", weights.skip),
        ]
        for (name, offset) in vectors { packed.write(Array(weight(name)), at: offset) }
        let (inner, width, rank) = (shape.layer.inner, shape.layer.width, shape.layer.rank)
        let projection = weight("mamba.in_proj.weight"), mix = weight("mamba.x_proj.weight")
        let half = inner * width, states = 2 * MambaLayer.states
        write(projection.prefix(half), columns: width, stride: shape.inner, to: weights.values, of: &packed)
        write(projection.dropFirst(half), columns: width, stride: shape.inner, to: weights.gates, of: &packed)
        write(weight("mamba.conv1d.weight"), columns: MambaLayer.taps, stride: shape.inner, to: weights.convolution, of: &packed)
        write(mix.dropFirst(rank * inner), columns: inner, stride: shape.mix, to: weights.mix, of: &packed)
        write(mix.prefix(rank * inner), columns: inner, stride: shape.mix, to: weights.mix + states, of: &packed)
        write(weight("mamba.dt_proj.weight"), columns: rank, stride: shape.inner, to: weights.steps, of: &packed)
        write(weight("mamba.out_proj.weight"), columns: inner, stride: shape.width, to: weights.output, of: &packed)
        writeRates(weight("mamba.A_log"), to: &packed)
    }

    private func writeRates(_ logarithms: ArraySlice<Float>, to packed: inout FloatBuffer) {
        for (index, logarithm) in logarithms.enumerated() {
            let (channel, state) = index.quotientAndRemainder(dividingBy: MambaLayer.states)
            let (block, lane) = channel.quotientAndRemainder(dividingBy: shape.block)
            let place = (block * MambaLayer.states + state) * shape.block + lane
            packed[weights.rates + place] = Float(-exp(Double(logarithm)) / M_LN2)
        }
    }

    /// Writes a matrix (out, in) as (in, out), `stride` values from one row to the next.
    private func write(_ matrix: ArraySlice<Float>, columns: Int, stride: Int, to offset: Int, of packed: inout FloatBuffer) {
        for (index, value) in matrix.enumerated() {
            let (row, column) = index.quotientAndRemainder(dividingBy: columns)
            packed[offset + column * stride + row] = value
        }
    }
}
