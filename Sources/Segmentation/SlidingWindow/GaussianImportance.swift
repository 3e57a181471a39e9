import Glibc

/// How much each voxel of a tile counts (nnU-Net's `compute_gaussian`): a Gaussian of sigma = size/8 around the tile's centre.
package enum GaussianImportance {
    /// The weights in C order with upstream's rounding: double, then float32, then float16, zeros replaced by the smallest other weight.
    package static func weights(_ tile: [Int]) -> [Float16] {
        let axes = tile.map(axisResponse)
        var map = axes[0]
        for axis in axes.dropFirst() { map = map.flatMap { value in axis.map { value * $0 } } }
        let divisor = (map.max() ?? 1) / 10
        var weights = map.map { Float16(Float($0 / divisor)) }
        let smallest = weights.reduce(Float16.infinity) { $1 > 0 ? min($0, $1) : $0 }
        for index in weights.indices where weights[index] == 0 { weights[index] = smallest }
        return weights
    }

    /// What SciPy's `gaussian_filter` makes of a one at the middle of an axis.
    private static func axisResponse(_ size: Int) -> [Double] {
        let sigma = Double(size) / 8
        let radius = Int(4 * sigma + 0.5)
        var taps = (-radius...radius).map { exp(-0.5 / (sigma * sigma) * Double($0 * $0)) }
        let sum = pairwiseSum(taps)
        for index in taps.indices { taps[index] /= sum }
        let centre = size / 2
        return (0..<size).map { abs($0 - centre) <= radius ? taps[$0 - centre + radius] : 0 }
    }

    /// NumPy's order of summation, which decides about the last bit.
    private static func pairwiseSum(_ values: [Double]) -> Double {
        guard values.count >= 8 else { return values.reduce(0, +) }
        guard values.count <= 128 else {
            let half = values.count / 2
            let split = half - half % 8
            return pairwiseSum(Array(values[..<split])) + pairwiseSum(Array(values[split...]))
        }
        var r = Array(values[..<8])
        let whole = values.count - values.count % 8
        for index in stride(from: 8, to: whole, by: 8) {
            for lane in 0..<8 { r[lane] += values[index + lane] }
        }
        let sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
        return values[whole...].reduce(sum, +)
    }
}
