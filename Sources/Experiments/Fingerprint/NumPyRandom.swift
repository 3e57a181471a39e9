/// NumPy's `RandomState`: the Mersenne Twister with 624 words of state.
package struct NumPyRandom: Sendable {
    private var words: [UInt32]
    private var next = 624

    /// Seeds it with one number.
    package init(seed: UInt32) {
        words = [seed]
        words.reserveCapacity(624)
        for place in 1..<624 {
            let last = words[place - 1]
            words.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(place))
        }
    }

    /// The next 32 bits.
    @inline(__always)
    package mutating func bits() -> UInt32 {
        if next == 624 { twist() }
        var word = words[next]
        next += 1
        word ^= word >> 11
        word ^= word << 7 & 0x9D2C_5680
        word ^= word << 15 & 0xEFC6_0000
        return word ^ word >> 18
    }

    /// A number up to `most`, every one as likely: bits are drawn until they make one. Nothing is drawn for 0.
    @inline(__always)
    package mutating func number(upTo most: UInt32) -> UInt32 {
        guard most > 0 else { return 0 }
        let mask = UInt32.max >> UInt32(most.leadingZeroBitCount)
        while true {
            let number = bits() & mask
            if number <= most { return number }
        }
    }

    private mutating func twist() {
        var state = words.mutableSpan
        for place in 0..<227 { Self.mix(&state, place, place + 1, place + 397) }
        for place in 227..<623 { Self.mix(&state, place, place + 1, place - 227) }
        Self.mix(&state, 623, 0, 396)
        next = 0
    }

    private static func mix(_ words: inout MutableSpan<UInt32>, _ place: Int, _ after: Int, _ far: Int) {
        let mixed = words[place] & 0x8000_0000 | words[after] & 0x7FFF_FFFF
        words[place] = words[far] ^ mixed >> 1 ^ (mixed & 1 == 0 ? 0 : 0x9908_B0DF)
    }
}
