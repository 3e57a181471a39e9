import Files

/// What an entry is found by: the checkpoint's content and how a network wants it packed.
struct WeightCacheKey: Sendable, Hashable {
    /// The SHA-256 of both.
    let bytes: [UInt8]
    /// The entry's file name: 64 hexadecimal digits and `WeightCacheKey.ending`.
    let fileName: String

    /// - `checkpoint`: the SHA-256 of the checkpoint file.
    init(checkpoint: String, layout: WeightLayout) {
        bytes = SHA256.digest(of: Array("\(checkpoint)\n\(layout.description)".utf8).span.bytes)
        fileName = SHA256.hexadecimal(bytes) + Self.ending
    }

    static let ending = ".weights"
    /// Appended to an entry's name while it is being made.
    static let temporaryEnding = ".part"

    /// Whether a file's name is that of an entry.
    static func isEntry(_ name: String) -> Bool {
        name.hasSuffix(ending) && name.utf8.count == 64 + ending.utf8.count
            && name.utf8.prefix(64).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// Whether a file's name is that of an entry in the making.
    static func isTemporary(_ name: String) -> Bool {
        name.hasSuffix(temporaryEnding) && isEntry(String(name.dropLast(temporaryEnding.count)))
    }
}
