extension Buffer<Float> {
    /// A 64-bit checksum of all bits, as fast as memory is read; the same for any number of threads.
    ///
    /// It finds damage by chance, not by intent: a change within one aligned word of 64 bits changes it for certain.
    package func checksum(team: ThreadTeam) -> UInt64 {
        let bytes = UnsafeRawBufferPointer(unsafeStorage)
        let part = 4 << 20
        let parts = [UInt64](unsafeUninitializedCapacity: (bytes.count + part - 1) / part) { sums, count in
            count = sums.count
            nonisolated(unsafe) let sums = sums  // each item writes its own
            team.run(count: count) { _, index in
                sums[index] = Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[index * part..<min(bytes.count, (index + 1) * part)]))
            }
        }
        return parts.withUnsafeBytes { Checksum.of($0) }
    }
}

/// A checksum over words of 64 bits, four streams at a time so that the multiplications overlap.
package enum Checksum {
    /// The sum of some bytes, their number included; their start is aligned to 8.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        let words = bytes.count / 8
        var a: UInt64 = 1, b: UInt64 = 2, c: UInt64 = 3, d: UInt64 = 4
        if let base = bytes.baseAddress?.assumingMemoryBound(to: UInt64.self) {
            for index in stride(from: 0, to: words & ~3, by: 4) {
                a = mix(a, base[index])
                b = mix(b, base[index + 1])
                c = mix(c, base[index + 2])
                d = mix(d, base[index + 3])
            }
            for index in (words & ~3)..<words { a = mix(a, base[index]) }
        }
        for byte in bytes[(words * 8)...] { b = mix(b, UInt64(byte)) }
        return mix(mix(mix(mix(UInt64(bytes.count), a), b), c), d)
    }

    /// One to one in `sum` and in `word`: the rotation brings what a multiplication moved up back to the low bits.
    @inline(__always) private static func mix(_ sum: UInt64, _ word: UInt64) -> UInt64 {
        let product = (sum ^ word) &* 0x9E37_79B9_7F4A_7C15
        return product << 29 | product >> 35
    }
}
