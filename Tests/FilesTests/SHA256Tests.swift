import Files
import Testing

struct `SHA-256` {
    @Test func `gives the digests of FIPS 180-4's examples`() {
        #expect(
            SHA256.hexadecimal(SHA256.digest(of: Array("abc".utf8).span.bytes))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            SHA256.hexadecimal(SHA256.digest(of: RawSpan())) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func `is the same for bytes in pieces`() {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var hash = SHA256()
        for start in stride(from: 0, to: bytes.count, by: 777) {
            hash.update(Array(bytes[start..<min(bytes.count, start + 777)]).span.bytes)
        }
        #expect(hash.finalize() == SHA256.digest(of: bytes.span.bytes))
    }
}
