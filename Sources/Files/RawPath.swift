import Glibc

/// A path as the kernel has it: bytes, of whatever encoding, without a zero.
///
/// Names in an inbox are a stranger's; a `String` would repair invalid UTF-8 and then name another file.
package struct RawPath: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The bytes, no terminating zero.
    package let bytes: [UInt8]

    /// A path from its bytes.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A path from text.
    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Its text when it is valid UTF-8 without control characters, so that it can be shown and found again; nil otherwise.
    package var text: String? {
        guard let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: Self.isControl) else { return nil }
        return text
    }

    /// For people: the text, with `%XX` for every byte that is no printable UTF-8 and for `%` itself; reversible.
    package var description: String {
        if let text, !text.contains("%") { return text }
        var shown = ""
        for byte in bytes {
            if (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "%") {
                shown.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                shown += "%" + (digits.count < 2 ? "0" + digits : digits)
            }
        }
        return shown
    }

    /// The path that `description` came from.
    package init(described text: String) {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        self.bytes = bytes
    }

    /// This path with one more component.
    package func appending(_ component: RawPath) -> RawPath {
        bytes.isEmpty ? component : RawPath(bytes: bytes + [UInt8(ascii: "/")] + component.bytes)
    }

    /// The components between the slashes.
    package var components: [RawPath] {
        bytes.split(separator: UInt8(ascii: "/")).map { RawPath(bytes: Array($0)) }
    }

    /// Whether this path is the given folder or lies below it.
    package func isInside(_ folder: RawPath) -> Bool {
        bytes.starts(with: folder.bytes) && (bytes.count == folder.bytes.count || bytes[folder.bytes.count] == UInt8(ascii: "/"))
    }

    /// Lends the path as a C string.
    package func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
        try (bytes + [0]).withUnsafeBufferPointer { buffer in
            try buffer.withMemoryRebound(to: CChar.self) { characters in
                guard let start = characters.baseAddress else { preconditionFailure("an array that ends in 0 has a base address") }
                return try body(start)
            }
        }
    }

    /// By bytes, as the kernel would compare.
    package static func < (left: RawPath, right: RawPath) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
