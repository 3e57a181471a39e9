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

    /// Normalises the channel.
    ///
    /// - Parameters:
    ///   - values: the channel, any order.
    ///   - inside: which voxels count and change, one byte each; nil for all. Only z-score looks at it.
    /// - Throws: where values of a channel normalised as RGB are outside 0…255.
    package func apply(_ values: inout MutableSpan<Float>, inside: [UInt8]?) throws(Problem) {
        switch scheme {
        case .none: return
        case .zScore: zScore(&values, inside)
        case .ct: ct(&values)
        case .rescaleTo01:
            let minimum = valueRange(values.span, team: team)?.lowerBound ?? 0
            forEachBlock(&values) { _, block in for index in block.indices { block[index] -= minimum } }
            let divisor = max(valueRange(values.span, team: team)?.upperBound ?? 0, Self.epsilon)
            forEachBlock(&values) { _, block in for index in block.indices { block[index] /= divisor } }
        case .rgbTo01:
            let range = valueRange(values.span, team: team) ?? 0...0
            guard range.lowerBound >= 0, range.upperBound <= 255 else {
                throw .valueRange(channel: channel, minimum: range.lowerBound, maximum: range.upperBound)
            }
            forEachBlock(&values) { _, block in for index in block.indices { block[index] /= 255 } }
        }
    }

    private func ct(_ values: inout MutableSpan<Float>) {
        let (low, high) = (Float(intensities.percentile005), Float(intensities.percentile995))
        let mean = Float(intensities.mean)
        let divisor = max(Float(intensities.std), Self.epsilon)
        forEachBlock(&values) { _, block in
            for index in block.indices { block[index] = (min(max(block[index], low), high) - mean) / divisor }
        }
    }

    private func zScore(_ values: inout MutableSpan<Float>, _ inside: [UInt8]?) {
        let (sum, count) = total(values.span, inside) { $0 }
        guard count > 0 else { return }
        let exact = sum / Double(count)
        let (squares, _) = total(values.span, inside) { ($0 - exact) * ($0 - exact) }
        let mean = Float(exact)
        let divisor = max(Float((squares / Double(count)).squareRoot()), Self.epsilon)
        forEachBlock(&values) { number, block in
            if let inside {
                let marks = inside.span.part(number * Self.block, count: block.count)
                for index in block.indices where marks[index] != 0 { block[index] = (block[index] - mean) / divisor }
            } else {
                for index in block.indices { block[index] = (block[index] - mean) / divisor }
            }
        }
    }

    /// Sums in float64 block by block, so the result does not depend on the number of threads.
    private func total(_ values: Span<Float>, _ inside: [UInt8]?, _ term: (Double) -> Double) -> (sum: Double, count: Int) {
        let parts = team.map(count: (values.count + Self.block - 1) / Self.block) { number in
            let start = number * Self.block
            let block = values.part(start, count: min(Self.block, values.count - start))
            var (sum, count) = (0.0, block.count)
            if let inside {
                let marks = inside.span.part(start, count: block.count)
                count = 0
                for index in block.indices where marks[index] != 0 {
                    sum += term(Double(block[index]))
                    count += 1
                }
            } else {
                for index in block.indices { sum += term(Double(block[index])) }
            }
            return (sum: sum, count: count)
        }
        return parts.reduce((0, 0)) { ($0.0 + $1.sum, $0.1 + $1.count) }
    }

    private func forEachBlock(_ values: inout MutableSpan<Float>, _ body: (_ number: Int, _ block: inout MutableSpan<Float>) -> Void) {
        team.forEachPart(of: &values, size: Self.block, body)
    }
}
