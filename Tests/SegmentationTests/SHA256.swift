/// SHA-256 (FIPS 180-4), for comparing with published digests.
func sha256(_ message: [UInt8]) -> String {
    // The fractional parts of the cube and square roots of the first primes.
    let primes = (2...311).filter { candidate in (2..<candidate).allSatisfy { candidate % $0 != 0 } }
    let constants = primes.map { integerRoot($0, 3) }
    var state = primes.prefix(8).map { integerRoot($0, 2) }
    var bytes = message + [0x80]
    while bytes.count % 64 != 56 { bytes.append(0) }
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
    for start in stride(from: 0, to: bytes.count, by: 64) {
        var w = (0..<16).map { word in (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[start + 4 * word + $1]) } }
        for index in 16..<64 {
            let (a, b) = (w[index - 15], w[index - 2])
            let s0 = rotated(a, 7) ^ rotated(a, 18) ^ (a >> 3)
            let s1 = rotated(b, 17) ^ rotated(b, 19) ^ (b >> 10)
            w.append(w[index - 16] &+ s0 &+ w[index - 7] &+ s1)
        }
        var v = state
        for index in 0..<64 {
            let s1 = rotated(v[4], 6) ^ rotated(v[4], 11) ^ rotated(v[4], 25)
            let t1 = v[7] &+ s1 &+ ((v[4] & v[5]) ^ (~v[4] & v[6])) &+ constants[index] &+ w[index]
            let s0 = rotated(v[0], 2) ^ rotated(v[0], 13) ^ rotated(v[0], 22)
            let t2 = s0 &+ ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]))
            v = [t1 &+ t2, v[0], v[1], v[2], v[3] &+ t1, v[4], v[5], v[6]]
        }
        for index in 0..<8 { state[index] = state[index] &+ v[index] }
    }
    return state.map { word in (0..<8).map { String(word >> (28 - 4 * UInt32($0)) & 15, radix: 16) }.joined() }.joined()
}

private func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 { value >> count | value << (32 - count) }

/// The first 32 bits behind the point of a prime's root, by bisection in integers.
private func integerRoot(_ prime: Int, _ degree: Int) -> UInt32 {
    var (low, high) = (UInt64(0), UInt64(20) << 32)
    while high - low > 1 {
        let middle = (low + high) / 2
        if isPowerAtMost(middle, degree, prime) { low = middle } else { high = middle }
    }
    return UInt32(truncatingIfNeeded: low)
}

private func isPowerAtMost(_ value: UInt64, _ degree: Int, _ prime: Int) -> Bool {
    // value has 32 binary places; 128 and 192 bits hold its powers.
    var product = UInt128(value)
    for _ in 1..<degree { product = product * UInt128(value) }
    return product <= UInt128(prime) << UInt128(32 * degree)
}
