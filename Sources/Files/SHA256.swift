import CCrypto

/// The SHA-256 of bytes that come piece by piece (FIPS 180-4), computed by OpenSSL's libcrypto.
package struct SHA256: ~Copyable {
    // libcrypto hands out its state by pointer only.
    private let context: OpaquePointer

    /// Of no bytes yet.
    package init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("libcrypto has no memory for a digest, or no SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Appends bytes.
    package mutating func update(_ bytes: RawSpan) {
        let taken = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        precondition(taken == 1, "libcrypto took no bytes")
    }

    /// The digest's 32 bytes.
    package consuming func finalize() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        precondition(EVP_DigestFinal_ex(context, &digest, nil) == 1, "libcrypto gave no digest")
        return digest
    }

    /// The digest of bytes that are all there.
    package static func digest(of bytes: RawSpan) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// A digest as people and file names have it: two digits a byte, lower case.
    package static func hexadecimal(_ digest: [UInt8]) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
