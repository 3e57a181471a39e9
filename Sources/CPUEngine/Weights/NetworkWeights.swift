package import Tensors

/// One checkpoint's weights, packed for the networks planned like the one that made them. Immutable, so threads may share it.
package final class NetworkWeights: Sendable {
    let buffer: FloatBuffer

    /// Takes over values that `Network.pack` has written.
    package init(buffer: consuming FloatBuffer) {
        self.buffer = buffer
    }

    /// The bytes it holds, in memory or in a mapped file.
    package var memoryFootprint: Int { buffer.count * MemoryLayout<Float>.stride }
}
