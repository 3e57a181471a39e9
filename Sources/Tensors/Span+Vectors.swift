// Pointers: the standard library reinterprets no span's elements; here sizes and bounds are checked before.

extension Span where Element: BitwiseCopyable {
    /// The elements from `index` on as one vector. Bounds are checked once for all lanes.
    @inlinable @inline(__always)
    package func vector<Vector: SIMD & BitwiseCopyable>(at index: Int, as type: Vector.Type) -> Vector where Vector.Scalar == Element {
        precondition(index >= 0 && index <= count - Vector.scalarCount)
        return withUnsafeBufferPointer { elements in
            UnsafeRawBufferPointer(elements).loadUnaligned(fromByteOffset: index * MemoryLayout<Element>.stride, as: type)
        }
    }
}

extension MutableSpan where Element: BitwiseCopyable {
    /// Writes the lanes of a vector to the elements from `index` on. Bounds are checked once for all lanes.
    @inlinable @inline(__always)
    package mutating func store<Vector: SIMD & BitwiseCopyable>(_ vector: Vector, at index: Int) where Vector.Scalar == Element {
        precondition(index >= 0 && index <= count - Vector.scalarCount)
        withUnsafeMutableBufferPointer { elements in
            UnsafeMutableRawBufferPointer(elements).storeBytes(
                of: vector, toByteOffset: index * MemoryLayout<Element>.stride, as: Vector.self)
        }
    }
}

extension Span where Element: SIMD & BitwiseCopyable, Element.Scalar: BitwiseCopyable {
    /// The lanes of all vectors, one after the other.
    @inlinable package var scalars: Span<Element.Scalar> {
        @_lifetime(copy self) get {
            let scalars = withUnsafeBufferPointer { vectors in
                UnsafeRawBufferPointer(vectors).assumingMemoryBound(to: Element.Scalar.self)
            }
            return _overrideLifetime(Span<Element.Scalar>(_unsafeElements: scalars), copying: self)
        }
    }
}

extension MutableSpan where Element: SIMD & BitwiseCopyable, Element.Scalar: BitwiseCopyable {
    /// The lanes of all vectors, one after the other, writable.
    @inlinable package var scalars: MutableSpan<Element.Scalar> {
        @_lifetime(&self) mutating get {
            let scalars = withUnsafeMutableBufferPointer { vectors in
                UnsafeMutableRawBufferPointer(vectors).assumingMemoryBound(to: Element.Scalar.self)
            }
            return _overrideLifetime(MutableSpan<Element.Scalar>(_unsafeElements: scalars), mutating: &self)
        }
    }
}
