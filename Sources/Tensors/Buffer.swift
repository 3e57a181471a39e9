import CMachine
import Glibc

/// Owned memory for plain values, 64-byte aligned, that never resizes and is lent as spans.
///
/// Standard arrays would copy on write and can't be aligned.
package struct Buffer<Element: BitwiseCopyable & Sendable>: ~Copyable, @unchecked Sendable {  // owns its memory alone
    @usableFromInline let storage: UnsafeMutableBufferPointer<Element>
    /// The mapping that the values lie in; nil for allocated memory.
    private let mapping: UnsafeMutableRawBufferPointer?

    /// Allocates `count` values without setting them, for a caller that writes each before it reads it.
    ///
    /// - Parameters:
    ///   - count: of values.
    ///   - hugePages: whether large memory is aligned to huge pages and asks for them. Strides like the engine's are punished by small
    ///     pages; memory that is walked once, such as an image's, is still in the cache when a small page has just been cleared.
    package init(uninitializedCount count: Int, hugePages: Bool = true) {
        precondition(count >= 0)
        let bytes = max(64, count * MemoryLayout<Element>.stride)
        let isLarge = hugePages && bytes >= 4 << 20
        let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: isLarge ? 2 << 20 : 64)
        if isLarge, let base = raw.baseAddress { cm_advise_huge_pages(base, bytes) }
        storage = UnsafeMutableBufferPointer(start: raw.baseAddress?.bindMemory(to: Element.self, capacity: count), count: count)
        mapping = nil
    }

    /// `count` zeros whose memory is taken page by page when it is written first; nil where the system does not give the addresses.
    package init?(zeroPages count: Int) {
        precondition(count >= 0)
        let bytes = max(64, count * MemoryLayout<Element>.stride)
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let base = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED else { return nil }
        self.init(mapping: UnsafeMutableRawBufferPointer(start: base, count: bytes), offset: 0, count: count)
    }

    /// Takes over the mapping of a file, or of pages of the process, whose `count` values begin `offset` bytes after its start; its end unmaps it.
    ///
    /// Values of a mapping that is not writable must not be set.
    package init(mapping: UnsafeMutableRawBufferPointer, offset: Int, count: Int) {
        precondition(offset % 64 == 0 && count >= 0 && offset + count * MemoryLayout<Element>.stride <= mapping.count)
        if let base = mapping.baseAddress { cm_advise_huge_pages(base, mapping.count) }
        let start = mapping.baseAddress.map { ($0 + offset).bindMemory(to: Element.self, capacity: count) }
        storage = UnsafeMutableBufferPointer(start: start, count: count)
        self.mapping = mapping
    }

    /// Allocates `count` values, all set to `value`. O(count).
    @inlinable
    package init(repeating value: Element, count: Int, hugePages: Bool = true) {
        self.init(uninitializedCount: count, hugePages: hugePages)
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
    @inlinable package var count: Int { storage.count }

    /// The values, readable.
    @inlinable package var span: Span<Element> {
        @_lifetime(borrow self) get { _overrideLifetime(Span(_unsafeElements: storage), borrowing: self) }
    }

    /// The values, writable.
    @inlinable package var mutableSpan: MutableSpan<Element> {
        @_lifetime(&self) mutating get { _overrideLifetime(MutableSpan(_unsafeElements: storage), mutating: &self) }
    }

    /// One value; bounds are checked.
    @inlinable package subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < storage.count)
            return storage[index]
        }
        set {
            precondition(index >= 0 && index < storage.count)
            storage[index] = newValue
        }
    }

    /// Gives the whole pages of a range back to the system, after which they are zero; only for `zeroPages`.
    package func release(_ range: Range<Int>) {
        precondition(mapping != nil && range.lowerBound >= 0 && range.upperBound <= count)
        let (page, stride) = (Int(sysconf(Int32(_SC_PAGESIZE))), MemoryLayout<Element>.stride)
        let first = (range.lowerBound * stride + page - 1) / page * page
        let last = range.upperBound * stride / page * page
        guard first < last, let base = UnsafeMutableRawPointer(storage.baseAddress) else { return }
        madvise(base + first, last - first, MADV_DONTNEED)
    }

    /// The memory itself, for kernels that several threads run on disjoint parts of it.
    package var unsafeStorage: UnsafeMutableBufferPointer<Element> { storage }
}

/// float32 memory: what tensors, weights and networks are made of.
package typealias FloatBuffer = Buffer<Float>
