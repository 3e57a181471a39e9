import CMachine
import Glibc

/// Owned float32 memory, 64-byte aligned, that never resizes and is lent as spans.
package struct FloatBuffer: ~Copyable, @unchecked Sendable {  // owns its memory alone
    private let storage: UnsafeMutableBufferPointer<Float>
    /// The mapping of a file that the values lie in; nil for memory of the process.
    private let mapping: UnsafeMutableRawBufferPointer?

    /// Allocates `count` values without setting them, for a caller that writes each before it reads it.
    ///
    /// Large memory is aligned to huge pages and asks for them: the engine walks it with strides that small pages punish.
    package init(uninitializedCount count: Int) {
        precondition(count >= 0)
        let bytes = max(16, count) * MemoryLayout<Float>.stride
        let isLarge = bytes >= 4 << 20
        let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: isLarge ? 2 << 20 : 64)
        if isLarge, let base = raw.baseAddress { ck_advise_huge_pages(base, bytes) }
        storage = UnsafeMutableBufferPointer(start: raw.baseAddress?.bindMemory(to: Float.self, capacity: count), count: count)
        mapping = nil
    }

    /// Takes over the mapping of a file, whose `count` values begin `offset` bytes after its start; its end unmaps it.
    ///
    /// Values of a mapping that is not writable must not be set.
    package init(mapping: UnsafeMutableRawBufferPointer, offset: Int, count: Int) {
        precondition(offset % 64 == 0 && count >= 0 && offset + count * MemoryLayout<Float>.stride <= mapping.count)
        if let base = mapping.baseAddress { ck_advise_huge_pages(base, mapping.count) }
        let start = mapping.baseAddress.map { ($0 + offset).bindMemory(to: Float.self, capacity: count) }
        storage = UnsafeMutableBufferPointer(start: start, count: count)
        self.mapping = mapping
    }

    /// Allocates `count` values, all set to `value`. O(count).
    package init(repeating value: Float, count: Int) {
        self.init(uninitializedCount: count)
        storage.initialize(repeating: value)
    }

    deinit {
        if let mapping {
            munmap(mapping.baseAddress, mapping.count)
        } else {
            UnsafeMutableRawPointer(storage.baseAddress)?.deallocate()
        }
    }

    /// The number of values.
    package var count: Int { storage.count }

    /// The values, readable.
    package var span: Span<Float> {
        @_lifetime(borrow self) get { _overrideLifetime(Span(_unsafeElements: storage), borrowing: self) }
    }

    /// The values, writable.
    package var mutableSpan: MutableSpan<Float> {
        @_lifetime(&self) mutating get { _overrideLifetime(MutableSpan(_unsafeElements: storage), mutating: &self) }
    }

    /// One value; bounds are checked.
    package subscript(index: Int) -> Float {
        get { storage[index] }
        set { storage[index] = newValue }
    }

    /// The memory itself, for kernels that several threads run on disjoint parts of it.
    package var unsafeStorage: UnsafeMutableBufferPointer<Float> { storage }
}
