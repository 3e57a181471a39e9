extension Span where Element: BitwiseCopyable {
    /// The `count` elements from `start` on. Bounds are checked here, once for a loop over the part.
    @_lifetime(copy self)
    @inlinable
    package func part(_ start: Int, count: Int) -> Span<Element> {
        precondition(start >= 0 && count >= 0 && start <= self.count - count)
        return extracting(unchecked: start..<start + count)
    }
}

extension MutableSpan where Element: BitwiseCopyable {  // pointers: the standard library's name for a part differs between its versions
    /// The `count` elements from `start` on, writable. Bounds are checked here, once for a loop over the part.
    @_lifetime(&self)
    @inlinable
    package mutating func part(_ start: Int, count: Int) -> MutableSpan<Element> {
        precondition(start >= 0 && count >= 0 && start <= self.count - count)
        let elements = withUnsafeMutableBufferPointer { UnsafeMutableBufferPointer(rebasing: $0[start..<start + count]) }
        return _overrideLifetime(MutableSpan(_unsafeElements: elements), mutating: &self)
    }

    /// Takes over the elements of other memory; the counts must agree. O(count).
    @inlinable
    package mutating func copy(_ source: Span<Element>) {
        precondition(count == source.count)
        withUnsafeMutableBufferPointer { target in
            source.withUnsafeBufferPointer { source in
                guard let to = target.baseAddress, let from = source.baseAddress else { return }
                to.update(from: from, count: source.count)
            }
        }
    }

    /// Sets every element to one value. O(count).
    @inlinable
    package mutating func fill(_ value: Element) {
        for index in indices { self[index] = value }
    }
}
