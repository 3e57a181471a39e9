package import Files

extension OrderedJSON {
    /// The largest text that is read: far above any plans.json, and above the summary of ten thousand cases.
    package static let sizeLimit = 64 << 20

    /// Reads a JSON text with Python's extensions `NaN`, `Infinity` and `-Infinity`, and nothing else beyond RFC 8259.
    ///
    /// A key that occurs twice has its first place and its last value, as in Python, so that a file means here what it means there.
    ///
    /// - `path`: For errors only.
    /// - Throws: `Problem` with line and column.
    package init(parsing text: some Sequence<UInt8>, path: String) throws(Problem) {
        var reader = OrderedJSONReader(bytes: Array(text), path: path)
        self = try reader.document()
    }

    /// Reads a JSON file.
    package init(contentsOf path: String) throws(Problem) {
        try self.init(parsing: readFile(path, limit: Self.sizeLimit), path: path)
    }
}

private struct OrderedJSONReader {
    static let depthLimit = 200

    let bytes: [UInt8]
    let path: String
    var position = 0

    init(bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    mutating func document() throws(Problem) -> OrderedJSON {
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
            throw failure("a byte order mark stands before the text, which nnU-Net refuses, too; save it as UTF-8 without one")
        }
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw failure("more text after the value") }
        return value
    }

    private mutating func value(depth: Int) throws(Problem) -> OrderedJSON {
        guard depth < Self.depthLimit else { throw failure("nested deeper than \(Self.depthLimit) levels") }
        guard let byte = peek else { throw failure("the text ends where a value should be") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "-"):
            if take("-Infinity") { return .number(-.infinity) }
            return try number()
        default:
            if take("null") { return .null }
            if take("true") { return .bool(true) }
            if take("false") { return .bool(false) }
            if take("NaN") { return .number(.nan) }
            if take("Infinity") { return .number(.infinity) }
            throw failure("no JSON value starts with \(describe(byte))")
        }
    }

    private mutating func object(depth: Int) throws(Problem) -> OrderedJSON {
        position += 1
        var members: [OrderedJSON.Member] = []
        var places: [String: Int] = [:]
        skipSpace()
        if take("}") { return .object([]) }
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw failure("a key in double quotes is expected") }
            let key = try string()
            skipSpace()
            guard take(":") else { throw failure("':' is expected after the key '\(key)'") }
            skipSpace()
            let value = try value(depth: depth + 1)
            if let place = places[key] {
                members[place].value = value
            } else {
                places[key] = members.count
                members.append(.init(key, value))
            }
            skipSpace()
            if take(",") { continue }
            guard take("}") else { throw failure("',' or '}' is expected") }
            return .object(members)
        }
    }

    private mutating func array(depth: Int) throws(Problem) -> OrderedJSON {
        position += 1
        var elements: [OrderedJSON] = []
        skipSpace()
        if take("]") { return .array([]) }
        while true {
            skipSpace()
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(",") { continue }
            guard take("]") else { throw failure("',' or ']' is expected") }
            return .array(elements)
        }
    }

    private mutating func number() throws(Problem) -> OrderedJSON {
        let start = position
        var isInteger = true
        _ = take("-")
        let leadingZero = peek == UInt8(ascii: "0")
        let whole = skipDigits()
        guard whole > 0, !(leadingZero && whole > 1) else { throw failure("a number is malformed") }
        if take(".") {
            isInteger = false
            guard skipDigits() > 0 else { throw failure("digits are missing after the decimal point") }
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            guard skipDigits() > 0 else { throw failure("digits are missing in the exponent") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger {
            if let value = Int(text) { return .integer(value) }
            guard text.utf8.count <= 4000 else { throw failure("an integer has more than 4000 digits") }
            return .largeInteger(text)
        }
        guard let value = Double(text) else { throw failure("the number \(text.prefix(40)) is malformed") }
        return .number(value)
    }

    private mutating func string() throws(Problem) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw failure("a text is not valid UTF-8") }
                return text
            case UInt8(ascii: "\\"): content.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20: throw failure("a control character stands in a text")
            default: content.append(byte)
            }
        }
        throw failure("a text does not end")
    }

    private mutating func escape() throws(Problem) -> Unicode.Scalar {
        guard let byte = peek else { throw failure("a text does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if 0xD800..<0xDC00 ~= code, take("\\u") {
                let low = try hexadecimal()
                guard 0xDC00..<0xE000 ~= low else { throw failure("half of a surrogate pair stands alone") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair stands alone") }
            return scalar
        default: throw failure("no escape starts with \(describe(byte))")
        }
    }

    private mutating func hexadecimal() throws(Problem) -> UInt32 {
        guard position + 4 <= bytes.count else { throw failure("a text does not end") }
        var code: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure("\\u needs four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
        }
        position += 4
        return code
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        let matches = word.withUTF8Buffer { word in bytes[position..<position + count].elementsEqual(word) }
        if matches { position += count }
        return matches
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        return position - start
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func describe(_ byte: UInt8) -> String {
        0x21..<0x7F ~= byte ? "'\(Unicode.Scalar(byte))'" : "byte 0x" + String(byte, radix: 16)
    }

    private func failure(_ reason: String) -> Problem {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
        return .damagedModel(path: path, reason: "line \(line), column \(column): \(reason)")
    }
}
