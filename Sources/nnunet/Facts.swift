import PythonFormats

/// Named facts in their order, printed as plain words or as JSON.
struct Facts {
    private var members: [OrderedJSON.Member] = []

    /// Adds a fact; nil is left out.
    mutating func add(_ name: String, _ value: OrderedJSON?) {
        if let value { members.append(.init(name, value)) }
    }

    /// Adds text; nil is left out.
    mutating func add(_ name: String, _ text: String?) { add(name, text.map(OrderedJSON.string)) }

    /// Adds an integer; nil is left out.
    mutating func add(_ name: String, _ value: Int?) { add(name, value.map(OrderedJSON.integer)) }

    /// Adds numbers.
    mutating func add(_ name: String, _ values: [Double]) { add(name, .array(values.map(OrderedJSON.number))) }

    /// Adds integers.
    mutating func add(_ name: String, _ values: [Int]) { add(name, .array(values.map(OrderedJSON.integer))) }

    /// Adds texts; none are left out.
    mutating func add(_ name: String, _ values: [String]) {
        if !values.isEmpty { add(name, .array(values.map(OrderedJSON.string))) }
    }

    /// As one JSON object.
    var json: OrderedJSON { .object(members) }

    /// As lines of `name: value`, names in words, nested facts indented.
    var text: String { Self.lines(json, indent: "").joined(separator: "\n") }

    private static func lines(_ value: OrderedJSON, indent: String) -> [String] {
        (value.members ?? []).flatMap { member -> [String] in
            let name = indent + member.key.replacing("_", with: " ") + ":"
            if member.value.members != nil { return [name] + lines(member.value, indent: indent + "  ") }
            if let elements = member.value.elements, elements.contains(where: { $0.members != nil }) {
                return [name] + elements.flatMap { item in listed(lines(item, indent: indent + "    "), indent: indent) }
            }
            if let elements = member.value.elements, elements.contains(where: { ($0.string?.count ?? 0) > 24 }) {
                return [name] + elements.map { indent + "  - " + plain($0) }
            }
            return [name + " " + plain(member.value)]
        }
    }

    /// Puts a dash before the first line of an entry.
    private static func listed(_ lines: [String], indent: String) -> [String] {
        guard let first = lines.first else { return [] }
        return [indent + "  - " + first.dropFirst(indent.count + 4)] + lines.dropFirst()
    }

    private static func plain(_ value: OrderedJSON) -> String {
        switch value {
        case .string(let text): text
        case .array(let elements): elements.map(plain).joined(separator: elements.contains { $0.elements != nil } ? "  " : ", ")
        case .bool(let value): value ? "yes" : "no"
        case .null: "none"
        case .number(let number) where number == number.rounded() && number.magnitude < 1e9: String(Int(number))
        default: value.pythonText(indent: nil)
        }
    }
}
