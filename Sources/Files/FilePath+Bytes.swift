import Glibc
package import SystemPackage

/// Paths as the kernel has them: bytes, of whatever encoding.
///
/// Names in an inbox are a stranger's; a `String` would repair invalid UTF-8 and then name another file. So a path is never put into a text
/// as it is: `shown` is for people, and `text` for what is found again.
extension FilePath {
    /// A path from its bytes, which hold no zero.
    package init(bytes: some Collection<UInt8>) {
        self.init(platformString: bytes.map(CChar.init(bitPattern:)) + [0])
    }

    /// The bytes, no terminating zero.
    package var bytes: [UInt8] {
        withPlatformString { start in UnsafeBufferPointer(start: start, count: length).map(UInt8.init(bitPattern:)) }
    }

    /// Its text when it is valid UTF-8 without control characters, so that it can be shown and found again; nil otherwise.
    package var text: String? {
        guard let text = String(validating: self), !text.unicodeScalars.contains(where: Self.isControl) else { return nil }
        return text
    }

    /// For people: the text, with `%XX` for every byte that is no printable UTF-8 and for `%` itself; reversible.
    package var shown: String {
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

    /// The path that `shown` came from.
    package init(shown text: String) {
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
        self.init(bytes: bytes)
    }

    /// By bytes, as the kernel would compare.
    package static func < (left: FilePath, right: FilePath) -> Bool {
        left.withPlatformString { left in right.withPlatformString { strcmp(left, $0) < 0 } }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

extension FilePath {
    /// This path with more behind it, which must be relative.
    package func appending(_ path: FilePath) -> FilePath {
        precondition(path.isRelative)
        return appending(path.components)
    }

    /// The names between the slashes.
    package var names: [FilePath] { components.map { FilePath(root: nil, CollectionOfOne($0)) } }

    /// The name after the last slash; the path itself for a root.
    package var name: FilePath { lastComponent.map { FilePath(root: nil, CollectionOfOne($0)) } ?? self }

    /// The folder this path lies in, `.` where it says none; the path itself for the root.
    package var parent: FilePath {
        let folder = removingLastComponent()
        return folder.isEmpty ? FilePath(".") : folder
    }

    /// Whether this path is the given folder or lies below it, by names.
    package func isInside(_ folder: FilePath) -> Bool { starts(with: folder) }
}

extension DefaultStringInterpolation {
    /// A path in a text would be repaired where it is no UTF-8.
    @available(*, deprecated, message: "say .shown, for people, or .string where the path is known to be text")
    package mutating func appendInterpolation(_ path: FilePath) { appendLiteral(path.shown) }
}
