/// A value of a JSON file with the way to it, so that every error names the file and the key.
struct JSONField {
    let file: String
    let name: String
    let value: OrderedJSON

    init(file: String, name: String = "the file", value: OrderedJSON) {
        self.file = file
        self.name = name
        self.value = value
    }

    /// A key that must be there.
    func required(_ key: String) throws(ModelError) -> JSONField {
        guard let field = optional(key) else { throw failure(key, expected: "a value", found: "no such key") }
        return field
    }

    /// The first of two keys, or the second where the first is missing.
    func required(_ key: String, or other: String) throws(ModelError) -> JSONField {
        if let field = optional(key) { return field }
        return try required(other)
    }

    /// A key that may be missing; `null` counts as missing only where the caller says so.
    func optional(_ key: String) -> JSONField? {
        value[key].map { JSONField(file: file, name: place(key), value: $0) }
    }

    /// A key that may be missing or null.
    func present(_ key: String) -> JSONField? {
        guard let field = optional(key), field.value != .null else { return nil }
        return field
    }

    func string() throws(ModelError) -> String {
        guard let text = value.string else { throw failure(expected: "text") }
        return text
    }

    func integer() throws(ModelError) -> Int {
        guard let number = value.integer else { throw failure(expected: "an integer") }
        return number
    }

    /// A number that is neither NaN nor infinite.
    func finite() throws(ModelError) -> Double {
        guard let number = value.double, number.isFinite else { throw failure(expected: "a finite number") }
        return number
    }

    func bool() throws(ModelError) -> Bool {
        guard let flag = value.bool else { throw failure(expected: "true or false") }
        return flag
    }

    func elements() throws(ModelError) -> [JSONField] {
        guard let elements = value.elements else { throw failure(expected: "a list") }
        return elements.enumerated().map { JSONField(file: file, name: "\(name)[\($0.offset)]", value: $0.element) }
    }

    func members() throws(ModelError) -> [(key: String, field: JSONField)] {
        guard let members = value.members else { throw failure(expected: "an object") }
        return members.map { ($0.key, JSONField(file: file, name: place($0.key), value: $0.value)) }
    }

    func integers() throws(ModelError) -> [Int] {
        var numbers: [Int] = []
        for element in try elements() { numbers.append(try element.integer()) }
        return numbers
    }

    func failure(expected: String, advice: String = "Restore the file that nnU-Net wrote.") -> ModelError {
        .mismatch(path: file, item: name, expected: expected, found: value.kind, advice: advice)
    }

    private func failure(_ key: String, expected: String, found: String) -> ModelError {
        .mismatch(path: file, item: place(key), expected: expected, found: found, advice: "Restore the file that nnU-Net wrote.")
    }

    private func place(_ key: String) -> String { name == "the file" ? key : name + "." + key }
}
