extension OrderedJSON {
    /// The text that Python's `json.dump(value, file, indent=4)` writes: `", "`-free line ends, `": "` after keys, everything outside
    /// ASCII as `\uXXXX`, floats by `repr`, NaN and infinities as literals. No newline at the end, as there.
    ///
    /// - Parameters:
    ///   - sortedKeys: Python's `sort_keys`: keys in code-point order instead of their own.
    ///   - indent: Spaces per level; nil gives one line with `", "` between entries, Python's default.
    /// - Returns: the text.
    package func pythonText(sortedKeys: Bool = false, indent: Int? = 4) -> String {
        var writer = OrderedJSONWriter(sortedKeys: sortedKeys, indent: indent)
        writer.write(self, depth: 0)
        return String(decoding: writer.output, as: UTF8.self)
    }
}

/// A float as Python's `repr` writes it: the shortest digits that read back the same, an exponent from 1e16 and below 1e-4.
package func pythonRepresentation(of value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    // Swift prints the same shortest digits, but changes to exponents at other limits.
    let (digits, point) = shortestDigits(of: value.magnitude)
    let sign = value < 0 ? "-" : ""
    if point > 16 || point < -3 {
        let exponent = point - 1
        let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
        let magnitude = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
        return sign + digits.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+") + magnitude
    }
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
    if digits.count <= point { return sign + digits + String(repeating: "0", count: point - digits.count) + ".0" }
    return sign + digits.prefix(point) + "." + digits.dropFirst(point)
}

/// The digits of a positive number without leading and trailing zeros, and how many of them stand before the decimal point.
private func shortestDigits(of value: Double) -> (digits: String, point: Int) {
    let parts = value.description.split(separator: "e")
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let whole = mantissa[0].drop { $0 == "0" }
    var digits = String(whole) + (mantissa.count > 1 ? String(mantissa[1]) : "")
    var point = whole.count + exponent
    while digits.hasSuffix("0") { digits.removeLast() }
    while digits.hasPrefix("0") {
        digits.removeFirst()
        point -= 1
    }
    return (digits, point)
}

private struct OrderedJSONWriter {
    let sortedKeys: Bool
    let indent: Int?
    var output: [UInt8] = []

    init(sortedKeys: Bool, indent: Int?) {
        self.sortedKeys = sortedKeys
        self.indent = indent
    }

    mutating func write(_ value: OrderedJSON, depth: Int) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .largeInteger(let digits): append(digits)
        case .number(let value): append(pythonRepresentation(of: value))
        case .string(let text): write(text)
        case .array(let elements):
            enclose("[", "]", count: elements.count, depth: depth) { writer, index in writer.write(elements[index], depth: depth + 1) }
        case .object(let members):
            let members = sortedKeys ? members.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) } : members
            enclose("{", "}", count: members.count, depth: depth) { writer, index in
                writer.write(members[index].key)
                writer.append(": ")
                writer.write(members[index].value, depth: depth + 1)
            }
        }
    }

    private mutating func enclose(_ open: String, _ close: String, count: Int, depth: Int, _ entry: (inout Self, Int) -> Void) {
        append(open)
        for index in 0..<count {
            if index > 0 { append(indent == nil ? ", " : ",") }
            newline(depth: depth + 1)
            entry(&self, index)
        }
        if count > 0 { newline(depth: depth) }
        append(close)
    }

    private mutating func newline(depth: Int) {
        guard let indent else { return }
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * depth))
    }

    private mutating func write(_ text: String) {
        output.append(UInt8(ascii: "\""))
        for unit in text.utf16 {
            switch unit {
            case 0x22: append("\\\"")
            case 0x5C: append("\\\\")
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            case 0x08: append("\\b")
            case 0x0C: append("\\f")
            case 0x20..<0x7F: output.append(UInt8(unit))
            default:
                let digits = String(unit, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }
}
