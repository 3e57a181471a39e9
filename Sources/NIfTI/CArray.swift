// Pointers: Swift imports the arrays of the NIfTI library's structures as tuples, which have no elements to index.

/// The elements of a C array or of a structure that is one.
func elements<Array, Element: BitwiseCopyable>(of array: Array, as type: Element.Type) -> [Element] {
    withUnsafeBytes(of: array) { bytes in
        (0..<(bytes.count / MemoryLayout<Element>.stride)).map {
            bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.stride, as: Element.self)
        }
    }
}

/// Sets the first elements of a C array or of a structure that is one.
func setElements<Array, Element: BitwiseCopyable>(of array: inout Array, to values: [Element]) {
    withUnsafeMutableBytes(of: &array) { target in values.withUnsafeBytes { target.copyMemory(from: $0) } }
}
