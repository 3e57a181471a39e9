/// A plain Python value to be pickled.
package indirect enum PickleValue: Sendable {
    case integer(Int)
    case real(Double)
    case text(String)
    case list([PickleValue])
    case tuple([PickleValue])
    /// A function or class, by its module and name there.
    case global(module: String, name: String)
    /// Keys and values in order.
    case dictionary([(key: String, value: PickleValue)])

    /// The value as a pickle of protocol 4, without memo, in one frame.
    package var pickled: [UInt8] {
        var body: [UInt8] = []
        write(to: &body)
        body.append(UInt8(ascii: "."))
        return [0x80, 4, 0x95] + Self.littleEndian(UInt64(body.count)) + body
    }

    private func write(to body: inout [UInt8]) {
        switch self {
        case .integer(let value):
            if let value = Int32(exactly: value) {
                body.append(UInt8(ascii: "J"))
                body += Self.littleEndian(value)
            } else {
                body += [0x8A, 8] + Self.littleEndian(value)  // LONG1
            }
        case .real(let value):
            body.append(UInt8(ascii: "G"))
            body += Self.littleEndian(value.bitPattern).reversed()
        case .text(let text):
            body.append(UInt8(ascii: "X"))
            body += Self.littleEndian(UInt32(text.utf8.count)) + Array(text.utf8)
        case .list(let items):
            body += [UInt8(ascii: "]"), UInt8(ascii: "(")]
            for item in items { item.write(to: &body) }
            body.append(UInt8(ascii: "e"))
        case .tuple(let items):
            body.append(UInt8(ascii: "("))
            for item in items { item.write(to: &body) }
            body.append(UInt8(ascii: "t"))
        case .global(let module, let name):
            PickleValue.text(module).write(to: &body)
            PickleValue.text(name).write(to: &body)
            body.append(0x93)  // STACK_GLOBAL
        case .dictionary(let pairs):
            body += [UInt8(ascii: "}"), UInt8(ascii: "(")]
            for pair in pairs {
                PickleValue.text(pair.key).write(to: &body)
                pair.value.write(to: &body)
            }
            body.append(UInt8(ascii: "u"))
        }
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
