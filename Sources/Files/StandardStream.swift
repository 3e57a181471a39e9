import Glibc

/// Standard output and standard error.
package enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Whether it is a terminal, where a line may be drawn again.
    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Writes a text; where nobody reads it any more, it is lost.
    package func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let start = rest.baseAddress, !rest.isEmpty {
                guard let written = try? SystemError.repeating({ Glibc.write(rawValue, start, rest.count) }), written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }
}
