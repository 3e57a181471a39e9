import Tensors

/// Float memory that a thread keeps between blocks; zero at first.
final class Scratch: @unchecked Sendable {  // each thread has its own
    private let buffer: FloatBuffer
    let base: UnsafeMutablePointer<Float>

    init(count: Int) {
        // One value at least, so that there is an address.
        buffer = FloatBuffer(repeating: 0, count: max(1, count))
        guard let base = buffer.unsafeStorage.baseAddress else { preconditionFailure("an allocation without address") }
        self.base = base
    }
}

/// Rows are worked on in vectors of eight.
func paddedWidth(_ width: Int) -> Int { (width + 7) / 8 * 8 }

@inline(__always)
func loadEight(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> { UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self) }

@inline(__always)
func storeEight(_ vector: SIMD8<Float>, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: SIMD8<Float>.self)
}
