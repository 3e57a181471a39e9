import Glibc

/// The random draws of the phantom: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014).
///
/// Draw n is a fixed function of seed and n, so a phantom is the same on every machine and in every version that keeps this type.
package struct PhantomRandom {
    private var state: UInt64
    private var spare: Double?

    /// Starts the sequence of a seed.
    package init(seed: UInt64) {
        state = seed
    }

    /// The next 64 random bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Uniform in [0, 1), with 53 bits.
    package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

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
