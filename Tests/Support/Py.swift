/// A Python value with calls and persistent ids, pickled in protocol 2 as `torch.save` does: the tests' own writer.
package indirect enum Py: Sendable {
    case none
    case bool(Bool)
    case integer(Int)
    case real(Double)
    case text(String)
    case tuple([Py])
    case list([Py])
    case dictionary([(Py, Py)])
    case global(String, String)
    case call(Py, [Py])
    case persistent(Py)

    package var pickled: [UInt8] { [0x80, 2] + body + [0x2E] }

    private var body: [UInt8] {
        switch self {
        case .none: return [0x4E]
        case .bool(let value): return [value ? 0x88 : 0x89]
        case .integer(let value):
            if let small = Int32(exactly: value) { return [0x4A] + bytes(small) }
            return [0x8A, 8] + bytes(value)
        case .real(let value): return [0x47] + bytes(value.bitPattern).reversed()
        case .text(let text): return [0x58] + bytes(UInt32(text.utf8.count)) + Array(text.utf8)
        case .tuple(let items): return [0x28] + items.flatMap(\.body) + [0x74]
        case .list(let items): return [0x5D, 0x28] + items.flatMap(\.body) + [0x65]
        case .dictionary(let pairs): return [0x7D, 0x28] + pairs.flatMap { $0.0.body + $0.1.body } + [0x75]
        case .global(let module, let name): return Array("c\(module)\n\(name)\n".utf8)
        case .call(let function, let arguments): return function.body + Py.tuple(arguments).body + [0x52]
        case .persistent(let identifier): return identifier.body + [0x51]
        }
    }
}

/// The little-endian bytes of an integer.
package func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
