/// Walks over a text's bytes and counts its lines.
struct TOMLScanner {
    private let bytes: [UInt8]
    private var position = 0
    /// Of the next byte, from 1.
    private(set) var line = 1

    /// Line ends become `\n`; a byte order mark at the start is passed over.
    init(_ text: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\n"), bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            bytes.append(byte)
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        self.bytes = bytes
    }

    /// The next byte; nil at the end.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Whether the line or the text ends here.
    var isAtLineEnd: Bool { next == nil || next == UInt8(ascii: "\n") }

    /// Whether these bytes come next.
    func comes(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    /// Takes the next byte.
    mutating func take() -> UInt8? {
        guard let byte = next else { return nil }
        position += 1
        if byte == UInt8(ascii: "\n") { line += 1 }
        return byte
    }

    /// Takes these bytes if they come next.
    mutating func take(_ text: String) -> Bool {
        guard comes(text) else { return false }
        for _ in text.utf8 { _ = take() }
        return true
    }

    /// Takes bytes as long as they match.
    mutating func take(while matches: (UInt8) -> Bool) -> String {
        let start = position
        while let byte = next, matches(byte) { _ = take() }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Takes spaces and tabs.
    mutating func skipBlanks() {
        while let byte = next, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
    }
}
