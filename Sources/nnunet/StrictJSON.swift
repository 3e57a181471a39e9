import PythonFormats

extension OrderedJSON {
    /// The text by RFC 8259, which has no NaN and no infinities: they become null.
    var strictText: String { finite.pythonText() }

    private var finite: OrderedJSON {
        switch self {
        case .number(let value) where !value.isFinite: .null
        case .array(let elements): .array(elements.map(\.finite))
        case .object(let members): .object(members.map { Member($0.key, $0.value.finite) })
        default: self
        }
    }
}
