import Glibc
import Tensors

/// The random draws of the phantom, the same on every machine and in every version that keeps this type.
package struct PhantomRandom {
    private var bits: SplitMix64
    private var spare: Double?

    /// Starts the sequence of a seed.
    package init(seed: UInt64) { bits = SplitMix64(seed: seed) }

    /// Uniform in [0, 1), with 53 bits.
    package mutating func unit() -> Double { Double(bits.next() >> 11) * 0x1p-53 }

    /// Uniform in a range.
    package mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * unit()
    }

    /// Uniform in ±`amplitude`.
    package mutating func jitter(_ amplitude: Double) -> Double { uniform(-amplitude...amplitude) }

    /// One of a few values, each with the same chance.
    package mutating func choice(_ values: [Double]) -> Double { values[Int(unit() * Double(values.count))] }

    /// Standard normal (Box and Muller 1958, both values of a pair used).
    package mutating func normal() -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        let radius = (-2 * log(1 - unit())).squareRoot()
        let angle = 2 * Double.pi * unit()
        spare = radius * sin(angle)
        return radius * cos(angle)
    }
}
