package import Files

/// Reads a pickle of protocol 2 to 5 into a `PickleGraph`, carrying out nothing.
///
/// Time and memory are bounded by the pickle's length: every opcode adds at most a few nodes, the memo is a dictionary, lengths are
/// checked against what is left before anything is taken.
package struct PickleReader {
    /// The largest pickle; a checkpoint of a thousand epochs of the largest network has about 3 MB.
    package static let sizeLimit = 64 << 20
    /// The most nodes, 64 MB of them.
    private static let nodeLimit = 4 << 20

    package var graph: PickleGraph
    package var position: Int
    /// What the pickle is called within its file, for errors; nil where it is the whole file.
    let name: String?
    var stack: [PickleGraph.Reference] = []
    var marks: [Int] = []
    var memo: [UInt32: PickleGraph.Reference] = [:]
    /// Pairs copied from lists into dictionaries, the one step whose cost a short pickle could multiply.
    private var copiedPairs = 0

    /// Prepares to read the pickle that starts at `position`, called `name` within its file.
    package init(_ bytes: [UInt8], from position: Int = 0, named name: String? = nil) {
        graph = PickleGraph(bytes: bytes)
        self.position = position
        self.name = name
    }

    /// Reads one whole pickle, called `name` within its file.
    /// - Throws: `Problem.damagedModel` with the byte and without a path, which the caller knows.
    package static func read(_ bytes: [UInt8], named name: String? = nil) throws(Problem) -> PickleGraph {
        var reader = PickleReader(bytes, named: name)
        try reader.run()
        return reader.graph
    }

    /// Reads up to STOP; `position` then is the byte behind it.
    /// - Throws: as `read`.
    package mutating func run() throws(Problem) {
        guard graph.bytes.count <= Self.sizeLimit else { throw failure("larger than \(Self.sizeLimit) bytes") }
        while true {
            guard position < graph.bytes.count else { throw failure("the pickle ends without STOP") }
            let code = graph.bytes[position]
            position += 1
            if code == UInt8(ascii: ".") {
                graph.root = try pop()
                return
            }
            try execute(code)
            guard graph.nodes.count <= Self.nodeLimit else { throw failure("more than \(Self.nodeLimit) values") }
        }
    }

    private mutating func execute(_ code: UInt8) throws(Problem) {
        switch code {
        case 0x80:  // PROTO
            guard try number(1) <= 5 else { throw failure("a protocol above 5") }
        case 0x95:  // FRAME
            guard try number(8) <= UInt64(graph.bytes.count - position) else { throw failure("a frame reaches beyond the end") }
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): try discard()
        case UInt8(ascii: "1"): _ = try popToMark()
        case UInt8(ascii: "2"): push(try top())
        case UInt8(ascii: "N"): push(.none)
        case 0x88: push(.bool(true))
        case 0x89: push(.bool(false))
        case UInt8(ascii: "K"), UInt8(ascii: "M"), UInt8(ascii: "J"), UInt8(ascii: "G"), 0x8A, 0x8B: try executeNumber(code)
        case UInt8(ascii: "X"), 0x8C, 0x8D, UInt8(ascii: "U"), UInt8(ascii: "T"), UInt8(ascii: "B"), UInt8(ascii: "C"), 0x8E, 0x96:
            try executeText(code)
        case UInt8(ascii: "q"): try store(UInt32(truncatingIfNeeded: number(1)))
        case UInt8(ascii: "r"): try store(UInt32(truncatingIfNeeded: number(4)))
        case UInt8(ascii: "p"): try store(line())
        case 0x94: try store(UInt32(memo.count))  // MEMOIZE
        case UInt8(ascii: "h"): try recall(UInt32(truncatingIfNeeded: number(1)))
        case UInt8(ascii: "j"): try recall(UInt32(truncatingIfNeeded: number(4)))
        case UInt8(ascii: "g"): try recall(line())
        case UInt8(ascii: ")"), 0x85, 0x86, 0x87, UInt8(ascii: "t"), UInt8(ascii: "]"), UInt8(ascii: "l"), UInt8(ascii: "a"),
            UInt8(ascii: "e"), UInt8(ascii: "}"), UInt8(ascii: "d"), UInt8(ascii: "s"), UInt8(ascii: "u"), 0x8F, 0x90, 0x91:
            try executeCollection(code)
        case UInt8(ascii: "c"), 0x93, UInt8(ascii: "R"), 0x81, 0x92, UInt8(ascii: "b"), UInt8(ascii: "Q"): try executeObject(code)
        default: throw failure("the opcode 0x\(String(code, radix: 16)) is unknown")
        }
    }

    private mutating func executeNumber(_ code: UInt8) throws(Problem) {
        switch code {
        case UInt8(ascii: "K"): push(.integer(Int(try number(1))))
        case UInt8(ascii: "M"): push(.integer(Int(try number(2))))
        case UInt8(ascii: "J"): push(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
        case UInt8(ascii: "G"): push(.real(Double(bitPattern: try number(8).byteSwapped)))
        default:  // LONG1, LONG4: little-endian two's complement
            let range = try take(code == 0x8A ? number(1) : number(4))
            push(Self.integer(graph.bytes[range]))
        }
    }

    private mutating func executeText(_ code: UInt8) throws(Problem) {
        let count =
            switch code {
            case 0x8C, UInt8(ascii: "U"), UInt8(ascii: "C"): try number(1)
            case UInt8(ascii: "X"), UInt8(ascii: "T"), UInt8(ascii: "B"): try number(4)
            default: try number(8)
            }
        let range = try take(count)
        let isData = code == UInt8(ascii: "B") || code == UInt8(ascii: "C") || code == 0x8E || code == 0x96
        push(isData ? .data(offset: Int32(range.lowerBound), count: Int32(range.count)) : Self.text(range))
    }

    private mutating func executeCollection(_ code: UInt8) throws(Problem) {
        switch code {
        case UInt8(ascii: ")"): pushTuple([])
        case 0x85: pushTuple(try pop(1))
        case 0x86: pushTuple(try pop(2))
        case 0x87: pushTuple(try pop(3))
        case UInt8(ascii: "t"): pushTuple(try popToMark())
        case UInt8(ascii: "]"): pushList([])
        case UInt8(ascii: "l"): pushList(try popToMark())
        case UInt8(ascii: "a"): try append(pop(1))
        case UInt8(ascii: "e"): try append(popToMark())
        case UInt8(ascii: "}"): pushDictionary()
        case UInt8(ascii: "d"):
            let items = try popToMark()
            pushDictionary()
            try set(items)
        case UInt8(ascii: "s"): try set(pop(2))
        case UInt8(ascii: "u"): try set(popToMark())
        case 0x8F: push(.opaque)  // EMPTY_SET
        case 0x90:  // ADDITEMS
            _ = try popToMark()
            _ = try top()
        default:  // FROZENSET
            _ = try popToMark()
            push(.opaque)
        }
    }

    private mutating func executeObject(_ code: UInt8) throws(Problem) {
        switch code {
        case UInt8(ascii: "c"):
            let module = try lineRange()
            let name = try lineRange()
            let moduleNode = add(Self.text(module))
            push(.global(module: moduleNode, name: add(Self.text(name))))
        case 0x93:  // STACK_GLOBAL
            let parts = try pop(2)
            guard case .text = graph[parts[0]], case .text = graph[parts[1]] else { throw failure("a name is not text") }
            push(.global(module: parts[0], name: parts[1]))
        case UInt8(ascii: "R"), 0x81:  // REDUCE, NEWOBJ
            let parts = try pop(2)
            guard case .tuple = graph[parts[1]] else { throw failure("arguments are not a tuple") }
            pushCall(function: parts[0], arguments: parts[1])
        case 0x92:  // NEWOBJ_EX
            _ = try pop(3)
            push(.opaque)
        case UInt8(ascii: "b"):
            let state = try pop()
            graph.states[try top()] = state
        default: push(.persistent(try pop()))  // BINPERSID
        }
    }

    /// A call; that of OrderedDict is the dictionary it makes, so that items may be set in it.
    private mutating func pushCall(function: PickleGraph.Reference, arguments: PickleGraph.Reference) {
        let call = PickleGraph.Node.call(function: function, arguments: arguments)
        guard graph.globalName(function) == "collections.OrderedDict", let given = graph.sequence(arguments) else { return push(call) }
        guard let list = given.first else { return pushDictionary() }
        var pairs: [(key: PickleGraph.Reference, value: PickleGraph.Reference)] = []
        guard given.count == 1, let entries = graph.sequence(list) else { return push(call) }
        copiedPairs += entries.count
        guard copiedPairs <= Self.nodeLimit else { return push(call) }
        for entry in entries {
            guard let pair = graph.sequence(entry), pair.count == 2 else { return push(call) }
            pairs.append((pair[0], pair[1]))
        }
        pushDictionary()
        graph.dictionaries[graph.dictionaries.count - 1] = pairs
    }

    private mutating func append(_ items: [PickleGraph.Reference]) throws(Problem) {
        switch graph[try top()] {
        case .list(let index): graph.lists[Int(index)] += items
        case .call, .opaque: break  // its class is unknown, so it stays opaque
        default: throw failure("items are appended to \(graph.describe(try top()))")
        }
    }

    private mutating func set(_ items: [PickleGraph.Reference]) throws(Problem) {
        guard items.count % 2 == 0 else { throw failure("a key without a value") }
        switch graph[try top()] {
        case .dictionary(let index):
            for item in stride(from: 0, to: items.count, by: 2) { graph.dictionaries[Int(index)].append((items[item], items[item + 1])) }
        case .call, .opaque: break  // its class is unknown, so it stays opaque
        default: throw failure("keys are set in \(graph.describe(try top()))")
        }
    }
}
