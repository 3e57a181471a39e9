/// What a pickle describes, as data: nothing in it is ever called or imported.
///
/// Nodes lie in one array and name each other by index. So shared values stay shared, cycles are harmless, and neither reading nor
/// freeing recurses, however deep the file nests. Calls (REDUCE, NEWOBJ) are kept as the name called and its arguments; who needs such a
/// value asks for the few it understands, and everything else stays opaque.
package struct PickleGraph: Sendable {
    /// A node's index.
    package typealias Reference = Int32

    package enum Node: Sendable {
        case none
        case bool(Bool)
        case integer(Int)
        /// An integer beyond 64 bits; its value is not kept.
        case oversizedInteger
        case real(Double)
        /// UTF-8 in `bytes`.
        case text(offset: Int32, count: Int32)
        case data(offset: Int32, count: Int32)
        /// A stretch of `tupleElements`.
        case tuple(start: Int32, count: Int32)
        /// An index of `lists`.
        case list(Int32)
        /// An index of `dictionaries`.
        case dictionary(Int32)
        /// A dotted Python name.
        case global(module: Reference, name: Reference)
        /// A function or class and the tuple it would be called with.
        case call(function: Reference, arguments: Reference)
        /// A persistent id, in a checkpoint the description of a storage.
        case persistent(Reference)
        /// A set or another value that nothing here looks into.
        case opaque
    }

    /// The pickle's text.
    package let bytes: [UInt8]
    package internal(set) var nodes: [Node] = []
    package var tupleElements: [Reference] = []
    package var lists: [[Reference]] = []
    /// Keys and values in insertion order; a later pair overrules an earlier one with the same key.
    package var dictionaries: [[(key: Reference, value: Reference)]] = []
    /// What BUILD gave a node.
    package var states: [Reference: Reference] = [:]
    package var root: Reference = 0

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package subscript(reference: Reference) -> Node { nodes[Int(reference)] }

    package func text(_ reference: Reference) -> String? {
        guard case .text(let offset, let count) = self[reference] else { return nil }
        return String(validating: bytes[Int(offset)..<Int(offset) + Int(count)], as: UTF8.self)
    }

    /// The entries of a tuple, a list or a `torch.Size`.
    package func sequence(_ reference: Reference) -> [Reference]? {
        switch self[reference] {
        case .tuple(let start, let count): return Array(tupleElements[Int(start)..<Int(start) + Int(count)])
        case .list(let index): return lists[Int(index)]
        case .call:
            guard let arguments = arguments(of: reference, calling: "torch.Size"), arguments.count == 1 else { return nil }
            // One step only: a size inside a size is none.
            switch self[arguments[0]] {
            case .tuple, .list: return sequence(arguments[0])
            default: return nil
            }
        default: return nil
        }
    }

    /// The pairs of a dictionary in insertion order.
    package func pairs(_ reference: Reference) -> [(key: Reference, value: Reference)]? {
        guard case .dictionary(let index) = self[reference] else { return nil }
        return dictionaries[Int(index)]
    }

    /// The value of a text key, the last one where it occurs twice.
    package func value(_ key: String, in reference: Reference) -> Reference? {
        pairs(reference)?.last { text($0.key) == key }?.value
    }

    /// The dotted name of a global.
    package func globalName(_ reference: Reference) -> String? {
        guard case .global(let module, let name) = self[reference], let module = text(module), let name = text(name) else { return nil }
        return module + "." + name
    }

    /// The dotted name that a call would call.
    package func calledName(_ reference: Reference) -> String? {
        guard case .call(let function, _) = self[reference] else { return nil }
        return globalName(function)
    }

    /// The arguments of a call, if it calls one of `names`.
    package func arguments(of reference: Reference, calling names: String...) -> [Reference]? {
        guard case .call(let function, let arguments) = self[reference], let name = globalName(function), names.contains(name),
            case .tuple(let start, let count) = self[arguments]
        else { return nil }
        return Array(tupleElements[Int(start)..<Int(start) + Int(count)])
    }

    /// What a node is, in Python's words, for error texts.
    package func describe(_ reference: Reference) -> String {
        switch self[reference] {
        case .none: "None"
        case .bool(let value): value ? "True" : "False"
        case .integer(let value): "the integer \(value)"
        case .oversizedInteger: "an integer beyond 64 bits"
        case .real(let value): "the number \(value)"
        case .text: "the text '\((text(reference) ?? "").prefix(60))'"
        case .data(_, let count): "\(count) bytes"
        case .tuple(_, let count): "a tuple of \(count)"
        case .list(let index): "a list of \(lists[Int(index)].count)"
        case .dictionary(let index): "a dict of \(dictionaries[Int(index)].count)"
        case .global: "the Python name \((globalName(reference) ?? "?").prefix(80))"
        case .call: "a call of \((calledName(reference) ?? "an unknown function").prefix(80)), which is never carried out"
        case .persistent: "a storage"
        case .opaque: "a Python object"
        }
    }
}
