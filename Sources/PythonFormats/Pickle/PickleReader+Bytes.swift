import Files

/// The pickle's bytes: what an opcode announces is compared with what is left before it is taken.
extension PickleReader {
    /// A little-endian unsigned integer of `count` bytes.
    mutating func number(_ count: UInt64) throws(Problem) -> UInt64 {
        var value: UInt64 = 0
        for byte in graph.bytes[try take(count)].reversed() { value = value << 8 | UInt64(byte) }
        return value
    }

    mutating func take(_ count: UInt64) throws(Problem) -> Range<Int> {
        guard count <= UInt64(graph.bytes.count - position) else { throw failure("\(count) bytes are announced, fewer are left") }
        let range = position..<position + Int(count)
        position = range.upperBound
        return range
    }

    mutating func lineRange() throws(Problem) -> Range<Int> {
        guard let end = graph.bytes[position...].prefix(1000).firstIndex(of: UInt8(ascii: "\n")) else {
            throw failure("a line does not end")
        }
        let range = position..<end
        position = end + 1
        return range
    }

    mutating func line() throws(Problem) -> UInt32 {
        let range = try lineRange()
        guard let index = UInt32(String(decoding: graph.bytes[range], as: UTF8.self)) else { throw failure("a memo index is no number") }
        return index
    }

    static func text(_ range: Range<Int>) -> PickleGraph.Node {
        .text(offset: Int32(range.lowerBound), count: Int32(range.count))
    }

    static func integer(_ bytes: ArraySlice<UInt8>) -> PickleGraph.Node {
        guard let last = bytes.last else { return .integer(0) }
        let sign: UInt8 = last & 0x80 == 0 ? 0 : 0xFF
        guard bytes.dropFirst(8).allSatisfy({ $0 == sign }) else { return .oversizedInteger }
        var value: UInt64 = sign == 0 ? 0 : .max
        for byte in bytes.prefix(8).reversed() { value = value << 8 | UInt64(byte) }
        // Eight bytes whose top bit disagrees with the sign need a ninth.
        guard bytes.count <= 8 || (Int64(bitPattern: value) < 0) == (sign != 0) else { return .oversizedInteger }
        return .integer(Int(Int64(bitPattern: value)))
    }

    func failure(_ reason: String) -> Problem {
        .damagedModel(reason: (name.map { $0 + ", " } ?? "") + "byte \(position): \(reason)")
    }
}
