import Files

/// The stack with its marks, and the memo.
extension PickleReader {
    mutating func add(_ node: PickleGraph.Node) -> PickleGraph.Reference {
        graph.nodes.append(node)
        return PickleGraph.Reference(graph.nodes.count - 1)
    }

    mutating func push(_ node: PickleGraph.Node) { stack.append(add(node)) }

    mutating func push(_ reference: PickleGraph.Reference) { stack.append(reference) }

    mutating func pushTuple(_ items: [PickleGraph.Reference]) {
        push(.tuple(start: Int32(graph.tupleElements.count), count: Int32(items.count)))
        graph.tupleElements += items
    }

    mutating func pushList(_ items: [PickleGraph.Reference]) {
        push(.list(Int32(graph.lists.count)))
        graph.lists.append(items)
    }

    mutating func pushDictionary() {
        push(.dictionary(Int32(graph.dictionaries.count)))
        graph.dictionaries.append([])
    }

    func top() throws(Problem) -> PickleGraph.Reference {
        guard let last = stack.last, stack.count > (marks.last ?? 0) else { throw failure("the stack is empty") }
        return last
    }

    mutating func pop() throws(Problem) -> PickleGraph.Reference {
        let last = try top()
        stack.removeLast()
        return last
    }

    mutating func pop(_ count: Int) throws(Problem) -> [PickleGraph.Reference] {
        guard stack.count - count >= (marks.last ?? 0) else { throw failure("the stack is empty") }
        let items = Array(stack.suffix(count))
        stack.removeLast(count)
        return items
    }

    mutating func popToMark() throws(Problem) -> [PickleGraph.Reference] {
        guard let mark = marks.popLast() else { throw failure("no mark on the stack") }
        let items = Array(stack[mark...])
        stack.removeLast(items.count)
        return items
    }

    /// POP takes a mark where one is on top, as in Python.
    mutating func discard() throws(Problem) {
        if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    }

    mutating func store(_ index: UInt32) throws(Problem) { memo[index] = try top() }

    mutating func recall(_ index: UInt32) throws(Problem) {
        guard let reference = memo[index] else { throw failure("the memo has no entry \(index)") }
        push(reference)
    }
}
