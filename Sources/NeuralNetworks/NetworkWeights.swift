import Tensors

/// One checkpoint's weights, packed for the networks planned like the one that made them. Immutable, so threads may share it.
public final class NetworkWeights: Sendable {
    let buffer: FloatBuffer

    init(buffer: consuming FloatBuffer) {
        self.buffer = buffer
    }

    /// The bytes it holds.
    public var memoryFootprint: Int { buffer.count * MemoryLayout<Float>.stride }
}
