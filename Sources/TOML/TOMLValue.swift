/// A value of a TOML document.
package enum TOMLValue {
    /// Of any of the four kinds of quotes.
    case string(String)
    /// 64 bits.
    case integer(Int)
    /// Written with a fraction or an exponent, `inf` or `nan`.
    case float(Double)
    case boolean(Bool)
    /// A list, or an array of tables.
    case array([TOMLValue])
    /// By header, dotted name or in braces.
    case table(TOMLTable)

    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var int: Int? { if case .integer(let value) = self { value } else { nil } }
    package var double: Double? { if case .float(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .boolean(let value) = self { value } else { nil } }
    package var array: [TOMLValue]? { if case .array(let value) = self { value } else { nil } }
    package var table: TOMLTable? { if case .table(let value) = self { value } else { nil } }

    /// For people; long texts cut.
    var shown: String {
        switch self {
        case .string(let text): "the text \"\(text.shortened)\""
        case .integer(let number): "\(number)"
        case .float(let number): "\(number)"
        case .boolean(let value): "\(value)"
        case .array: "a list"
        case .table: "a table"
        }
    }
}

extension String {
    /// Its beginning where it is long, for messages.
    package var shortened: String { count > 80 ? prefix(77) + "..." : self }
}
