/// Owned, never resizing memory for voxels, 64-byte aligned, lent as spans.
///
/// The only place of this module that holds a pointer: standard arrays would copy on write and can't be aligned.
package struct VoxelBuffer<Element: BitwiseCopyable & Sendable>: ~Copyable, @unchecked Sendable {  // owns its memory alone
    private let storage: UnsafeMutableBufferPointer<Element>

    /// Allocates `count` elements, all set to `value`. O(count).
    package init(repeating value: Element, count: Int) {
        self.init(uninitializedCount: count)
        storage.initialize(repeating: value)
    }

    /// Allocates `count` elements without setting them, for a caller that writes each before it reads it.
    package init(uninitializedCount count: Int) {
        precondition(count >= 0)
        let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count) * MemoryLayout<Element>.stride, alignment: 64)
        storage = UnsafeMutableBufferPointer(start: raw.baseAddress?.bindMemory(to: Element.self, capacity: count), count: count)
    }

    deinit {
        UnsafeMutableRawPointer(storage.baseAddress)?.deallocate()
    }

    /// The number of elements.
    package var count: Int { storage.count }

    /// The elements, readable.
    package var span: Span<Element> {
        @_lifetime(borrow self) get { _overrideLifetime(Span(_unsafeElements: storage), borrowing: self) }
    }

    /// The elements, writable.
    package var mutableSpan: MutableSpan<Element> {
        @_lifetime(&self) mutating get { _overrideLifetime(MutableSpan(_unsafeElements: storage), mutating: &self) }
    }

    /// One element; bounds are checked.
    package subscript(index: Int) -> Element {
        get { storage[index] }
        set { storage[index] = newValue }
    }
}
