package import Files

/// A value of a JSON file with the way to it, so that every error names the file and the key.
package struct JSONField {
    package let file: String
    package let name: String
    package let value: OrderedJSON

    package init(file: String, name: String = "the file", value: OrderedJSON) {
        self.file = file
        self.name = name
        self.value = value
    }

    /// A key that must be there.
    package func required(_ key: String) throws(Problem) -> JSONField {
        guard let field = optional(key) else { throw failure(key, expected: "a value", found: "no such key") }
        return field
    }

    /// The first of two keys, or the second where the first is missing.
    package func required(_ key: String, or other: String) throws(Problem) -> JSONField {
        if let field = optional(key) { return field }
        return try required(other)
    }

    /// A key that may be missing; `null` counts as missing only where the caller says so.
    package func optional(_ key: String) -> JSONField? {
        value[key].map { JSONField(file: file, name: place(key), value: $0) }
    }

    /// A key that may be missing or null.
    package func present(_ key: String) -> JSONField? {
        guard let field = optional(key), field.value != .null else { return nil }
        return field
    }

    package func string() throws(Problem) -> String {
        guard let text = value.string else { throw failure(expected: "text") }
        return text
    }

    /// An integer, or a flag where Python takes it for one; a number like `3.0` is none, as Python has it for sizes and counts.
    package func integer() throws(Problem) -> Int {
        guard let number = value.integer ?? value.bool.map({ $0 ? 1 : 0 }) else { throw failure(expected: "an integer") }
        return number
    }

    /// What Python's `int()` makes of a number, a flag or digits in a text; nil where it raises.
    package var convertedInteger: Int? {
        switch value {
        case .integer(let number): number
        case .bool(let flag): flag ? 1 : 0
        case .number(let number): Int(exactly: number.rounded(.towardZero))
        case .string(let text): Int(text.trimming { $0.isWhitespace })
        default: nil
        }
    }

    /// Any number, NaN and infinities included, or a flag as 0 or 1.
    package func number() throws(Problem) -> Double {
        guard let number = value.double ?? value.bool.map({ $0 ? 1 : 0 }) else { throw failure(expected: "a number") }
        return number
    }

    /// What Python's `if` makes of a value: false for null, 0 and what is empty.
    package var isTrue: Bool {
        switch value {
        case .null: false
        case .bool(let flag): flag
        case .integer(let number): number != 0
        case .largeInteger: true
        case .number(let number): number != 0
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        }
    }

    /// A number that is neither NaN nor infinite.
    package func finite() throws(Problem) -> Double {
        guard let number = value.double, number.isFinite else { throw failure(expected: "a finite number") }
        return number
    }

    package func bool() throws(Problem) -> Bool {
        guard let flag = value.bool else { throw failure(expected: "true or false") }
        return flag
    }

    package func elements() throws(Problem) -> [JSONField] {
        guard let elements = value.elements else { throw failure(expected: "a list") }
        return elements.enumerated().map { JSONField(file: file, name: "\(name)[\($0.offset)]", value: $0.element) }
    }

    package func members() throws(Problem) -> [(key: String, field: JSONField)] {
        guard let members = value.members else { throw failure(expected: "an object") }
        return members.map { ($0.key, JSONField(file: file, name: place($0.key), value: $0.value)) }
    }

    package func integers() throws(Problem) -> [Int] {
        var numbers: [Int] = []
        for element in try elements() { numbers.append(try element.integer()) }
        return numbers
    }

    package func failure(expected: String, advice: String = "restore the file that nnU-Net wrote") -> Problem {
        .mismatch(path: file, item: name, expected: expected, found: value.kind, advice: advice)
    }

    private func failure(_ key: String, expected: String, found: String) -> Problem {
        .mismatch(path: file, item: place(key), expected: expected, found: found, advice: "restore the file that nnU-Net wrote")
    }

    private func place(_ key: String) -> String { name == "the file" ? key : name + "." + key }
}

extension String {
    /// Without the characters at both ends that meet a condition.
    fileprivate func trimming(_ condition: (Character) -> Bool) -> Substring {
        var text = drop(while: condition)
        while let last = text.last, condition(last) { text.removeLast() }
        return text
    }
}
