/// A JSON value as Python's `json` module reads it: the order of keys is kept, integers stay integers, NaN and infinities are numbers.
package indirect enum OrderedJSON: Sendable, Hashable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number without fraction and exponent that fits 64 bits.
    case integer(Int)
    /// A number without fraction and exponent beyond 64 bits, in its digits.
    case largeInteger(String)
    /// Any other number, `NaN`, `Infinity` and `-Infinity` included.
    case number(Double)
    /// Text.
    case string(String)
    /// A list.
    case array([OrderedJSON])
    /// Keys and values in the order of the file; every key once.
    case object([Member])

    /// One key of an object with its value.
    package struct Member: Sendable, Hashable {
        /// The key.
        package var key: String
        /// Its value.
        package var value: OrderedJSON

        /// Joins a key and its value.
        package init(_ key: String, _ value: OrderedJSON) {
            self.key = key
            self.value = value
        }
    }

    /// The value of a key of an object; nil where there is no such key or this is no object.
    package subscript(key: String) -> OrderedJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The keys and values of an object in the file's order; nil for anything else.
    package var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The entries of a list; nil for anything else.
    package var elements: [OrderedJSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The text; nil for anything else.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The integer; a number like `3.0` is none.
    package var integer: Int? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The value of any number.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .largeInteger(let digits): Double(digits)
        case .number(let value): value
        default: nil
        }
    }

    /// True or false; nil for anything else.
    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// What kind of value this is, in JSON's words, for error texts.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): "the number \(value)"
        case .largeInteger: "a number beyond 64 bits"
        case .number(let value): "the number \(pythonRepresentation(of: value))"
        case .string(let text): "the text '\(text.prefix(60))'"
        case .array(let elements): "a list of \(elements.count)"
        case .object(let members): "an object of \(members.count) keys"
        }
    }
}

extension OrderedJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Text.
    package init(stringLiteral value: String) { self = .string(value) }
    /// An integer.
    package init(integerLiteral value: Int) { self = .integer(value) }
    /// A number.
    package init(floatLiteral value: Double) { self = .number(value) }
    /// True or false.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    /// null
    package init(nilLiteral: ()) { self = .null }
    /// A list.
    package init(arrayLiteral elements: OrderedJSON...) { self = .array(elements) }
    /// An object whose keys keep the order of the literal.
    package init(dictionaryLiteral elements: (String, OrderedJSON)...) { self = .object(elements.map { Member($0.0, $0.1) }) }
}
