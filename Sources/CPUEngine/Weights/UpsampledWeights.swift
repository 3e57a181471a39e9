import Tensors

/// Weights of a transposed convolution and of the convolution after it, made one.
///
/// Output s·i + p of an axis is a sum over the kernel's places j, each of which reads place s·i + p + j − r of the upsampled tensor, that is
/// one tap of the transposed convolution at input i + ⌊(p + j − r) / s⌋. Sums are formed in double.
struct UpsampledWeights {
    /// Inner places, the first, the last and the only one of three axes.
    static let borders = 64

    var upsampling: Upsampling
    /// Of the convolution.
    var kernel: [Int]
    var inputs: Int
    var outputs: Int
    /// The transposed convolution's, (in, upsampled channel, factor…).
    var transposed: [Float]
    /// The convolution's, (out, upsampled channel, kernel…).
    var convolution: [Float]

    /// (phase, out, in, kernel…): each phase's kernel on the input.
    func composed(team: ThreadTeam) -> [Float] {
        let taps = kernel.reduce(1, *), phases = upsampling.phases, size = outputs * inputs * taps
        return [Float](unsafeUninitializedCapacity: phases * size) { storage, count in
            count = phases * size
            nonisolated(unsafe) let storage = storage  // each phase has a part of its own
            team.run(count: phases) { _, phase in
                for (index, value) in self.composed(phase).enumerated() { storage[phase * size + index] = value }
            }
        }
    }

    private func composed(_ phase: Int) -> [Float] {
        let taps = kernel.reduce(1, *), phases = upsampling.phases, channels = upsampling.channels, factors = upsampling.factors
        var sums = [Double](repeating: 0, count: taps * outputs * inputs)
        var product = [Double](repeating: 0, count: outputs * inputs)
        for place in 0..<taps {
            var tap = 0, part = 0
            for axis in 0..<3 {
                let at = Self.index(phase, in: factors, axis) + Self.index(place, in: kernel, axis) - (kernel[axis] - 1) / 2
                let input = at >= 0 ? at / factors[axis] : -((factors[axis] - 1 - at) / factors[axis])
                tap = tap * kernel[axis] + input + (kernel[axis] - 1) / 2
                part = part * factors[axis] + at - input * factors[axis]
            }
            let left = (0..<outputs * channels).map { Double(convolution[$0 * taps + place]) }
            let right = (0..<channels * inputs).map { Double(transposed[($0 % inputs * channels + $0 / inputs) * phases + part]) }
            DenseAlgebra.multiply(left, right, rows: outputs, inner: channels, columns: inputs, into: &product)
            for pair in product.indices { sums[pair * taps + tap] += product[pair] }
        }
        return sums.map { Float($0) }
    }

    /// What the transposed convolution's bias becomes, [depth][height][width][out]: each axis with one for inner places, the first, the
    /// last, and the only one, at which less of the kernel meets the upsampled tensor.
    func bias(_ bias: [Float]) -> [[Double]] {
        let taps = kernel.reduce(1, *)
        return (0..<Self.borders).map { border in
            let cut = [border / 16, border / 4 % 4, border % 4]
            let places = (0..<taps).filter { place in
                (0..<3).allSatisfy { axis in
                    let at = Self.index(place, in: kernel, axis) - (kernel[axis] - 1) / 2
                    return !(at < 0 && cut[axis] & 1 != 0) && !(at > 0 && cut[axis] & 2 != 0)
                }
            }
            return (0..<outputs).map { output in
                bias.indices.reduce(0) { sum, channel in
                    let pair = (output * bias.count + channel) * taps
                    return sum + Double(bias[channel]) * places.reduce(0) { $0 + Double(convolution[pair + $1]) }
                }
            }
        }
    }

    /// The place of element `index` of an array of three sizes on one axis.
    private static func index(_ index: Int, in sizes: [Int], _ axis: Int) -> Int {
        index / sizes[(axis + 1)...].reduce(1, *) % sizes[axis]
    }
}
