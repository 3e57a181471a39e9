import Compression
import Files

/// The head of a `.npy` stream (NumPy format 1.0 to 3.0): type, order and shape.
package struct NPYHeader {
    /// A type that is read, by NumPy's kind and size letters.
    package enum Element: String {
        case boolean = "b1"
        case int8 = "i1"
        case int16 = "i2"
        case int32 = "i4"
        case int64 = "i8"
        case uint8 = "u1"
        case uint16 = "u2"
        case uint32 = "u4"
        case uint64 = "u8"
        case float16 = "f2"
        case float32 = "f4"
        case float64 = "f8"

        var size: Int { Int(rawValue.utf8.last ?? UInt8(ascii: "1")) - Int(UInt8(ascii: "0")) }
    }

    package let element: Element
    package let isByteSwapped: Bool
    package let isFortranOrder: Bool
    package let shape: [Int]
    package let storedType: String
    /// Bytes before the numbers.
    package let byteCount: Int

    package var count: Int { shape.reduce(1, *) }

    /// Reads the header, which leaves the stream at the first number.
    init(from stream: some ByteStream, path: String) throws(Problem) {
        let start = try stream.bytes(10)
        guard start[..<6] == [0x93] + Array("NUMPY".utf8), (1...3).contains(start[6]) else {
            throw .notAnImage(path: path, expected: "a NumPy array", found: "other content")
        }
        var length = Int(start[8]) | Int(start[9]) << 8
        var preamble = 10
        if start[6] > 1 {
            let rest = try stream.bytes(2)
            length |= Int(rest[0]) << 16 | Int(rest[1]) << 24
            preamble = 12
        }
        guard length <= 64 << 10 else { throw .damaged(path: path, reason: "its NumPy header has \(length) bytes") }
        let text = String(decoding: try stream.bytes(length), as: UTF8.self)
        byteCount = preamble + length
        guard let type = Self.value(of: "descr", in: text)?.dropFirst().prefix(while: { $0 != "'" && $0 != "\"" }),
            let order = Self.value(of: "fortran_order", in: text), let sizes = Self.value(of: "shape", in: text),
            sizes.hasPrefix("("), let end = sizes.firstIndex(of: ")")
        else { throw .damaged(path: path, reason: "its NumPy header lacks type, order or shape") }
        storedType = String(type)
        guard let element = Element(rawValue: String(type.dropFirst())), let mark = type.first, "<>|=".contains(mark) else {
            throw .unsupported(path: path, reason: "its numbers are of NumPy type \(type.prefix(20)), only real scalar types are read")
        }
        self.element = element
        isByteSwapped = mark == ">"
        isFortranOrder = order.hasPrefix("True")
        let parts = sizes[sizes.index(after: sizes.startIndex)..<end].split(separator: ",").map { $0.filter { $0 != " " && $0 != "L" } }
        let lengths = parts.filter { !$0.isEmpty }.map { Int($0) ?? -1 }
        var bytes = 8
        for length in lengths {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow, product < 1 << 50 else {
                throw .damaged(path: path, reason: "its NumPy header gives an impossible shape")
            }
            bytes = max(product, 8)
        }
        shape = lengths
    }

    /// What follows a key of the dictionary.
    private static func value(of key: String, in text: String) -> Substring? {
        for quote in ["'", "\""] {
            guard let range = text.firstRange(of: quote + key + quote) else { continue }
            return text[range.upperBound...].drop { $0 == ":" || $0 == " " }
        }
        return nil
    }

    /// The header of a float32 array in C order, format 1.0, padded as NumPy pads it.
    package static func float32(shape: [Int]) -> [UInt8] {
        let sizes = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
        var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
        text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count & 0xff), UInt8(text.utf8.count >> 8)] + Array(text.utf8)
    }
}
