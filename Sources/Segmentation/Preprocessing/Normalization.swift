package import Files
package import Plans
package import Tensors

/// nnU-Net's normalisation schemes on one channel, in place, float32 (`default_normalization_schemes.py`).
package struct Normalization {
    let scheme: NormalizationScheme
    /// The plans' numbers for this channel; only CT uses them.
    let intensities: IntensityProperties
    /// The channel's index, for errors.
    let channel: Int
    let team: ThreadTeam

    package init(scheme: NormalizationScheme, intensities: IntensityProperties, channel: Int, team: ThreadTeam) {
        self.scheme = scheme
        self.intensities = intensities
        self.channel = channel
        self.team = team
    }

    /// The least that anything is divided by.
    private static let epsilon: Float = 1e-8
    private static let block = 1 << 16

    /// - `inside`: which voxels count and change, one byte each; nil for all. Only z-score looks at it.
    package func apply(_ values: UnsafeMutableBufferPointer<Float>, inside: UnsafePointer<UInt8>?) throws(Problem) {
        switch scheme {
        case .none: return
        case .zScore: zScore(values, inside)
        case .ct: ct(values)
        case .rescaleTo01:
            let minimum = range(values)?.lowerBound ?? 0
            forEachBlock(values) { block in for index in block { values[index] -= minimum } }
            let divisor = max(range(values)?.upperBound ?? 0, Self.epsilon)
            forEachBlock(values) { block in for index in block { values[index] /= divisor } }
        case .rgbTo01:
            let range = range(values) ?? 0...0
            guard range.lowerBound >= 0, range.upperBound <= 255 else {
                throw .valueRange(channel: channel, minimum: range.lowerBound, maximum: range.upperBound)
            }
            forEachBlock(values) { block in for index in block { values[index] /= 255 } }
        }
    }

    private func ct(_ values: UnsafeMutableBufferPointer<Float>) {
        let (low, high) = (Float(intensities.percentile005), Float(intensities.percentile995))
        let mean = Float(intensities.mean)
        let divisor = max(Float(intensities.std), Self.epsilon)
        forEachBlock(values) { block in
            for index in block { values[index] = (min(max(values[index], low), high) - mean) / divisor }
        }
    }

    private func zScore(_ values: UnsafeMutableBufferPointer<Float>, _ inside: UnsafePointer<UInt8>?) {
        let (sum, count) = total(values, inside) { $0 }
        guard count > 0 else { return }
        let exact = sum / Double(count)
        let (squares, _) = total(values, inside) { ($0 - exact) * ($0 - exact) }
        let mean = Float(exact)
        let divisor = max(Float((squares / Double(count)).squareRoot()), Self.epsilon)
        forEachBlock(values) { block in
            if let inside {
                for index in block where inside[index] != 0 { values[index] = (values[index] - mean) / divisor }
            } else {
                for index in block { values[index] = (values[index] - mean) / divisor }
            }
        }
    }

    /// Sums in float64 block by block, so the result does not depend on the number of threads.
    private func total(
        _ values: UnsafeMutableBufferPointer<Float>, _ inside: UnsafePointer<UInt8>?, _ term: (Double) -> Double
    ) -> (sum: Double, count: Int) {
        let blocks = (values.count + Self.block - 1) / Self.block
        var parts = [(sum: Double, count: Int)](repeating: (0, 0), count: blocks)
        parts.withUnsafeMutableBufferPointer { parts in
            let parts = parts
            forEachBlock(values) { block in
                var (sum, count) = (0.0, block.count)
                if let inside {
                    count = 0
                    for index in block where inside[index] != 0 {
                        sum += term(Double(values[index]))
                        count += 1
                    }
                } else {
                    for index in block { sum += term(Double(values[index])) }
                }
                parts[block.lowerBound / Self.block] = (sum, count)
            }
        }
        return parts.reduce((0, 0)) { ($0.0 + $1.sum, $0.1 + $1.count) }
    }

    private func range(_ values: UnsafeMutableBufferPointer<Float>) -> ClosedRange<Float>? {
        guard let base = values.baseAddress else { return nil }
        return valueRange(UnsafePointer(base), count: values.count, team: team)
    }

    private func forEachBlock(_ values: UnsafeMutableBufferPointer<Float>, _ body: (Range<Int>) -> Void) {
        team.run(count: (values.count + Self.block - 1) / Self.block) { _, index in
            body(index * Self.block..<min((index + 1) * Self.block, values.count))
        }
    }
}
