/// A dense float32 array in C order: the last axis is contiguous.
package struct Tensor: ~Copyable, Sendable {
    /// The size of each axis, slowest first, for example (channel, z, y, x).
    package let shape: [Int]
    /// `shape`'s product of values.
    package var buffer: FloatBuffer

    /// An array with one value everywhere.
    package init(shape: [Int], repeating value: Float = 0) {
        self.shape = shape
        buffer = FloatBuffer(repeating: value, count: shape.reduce(1, *))
    }

    /// Joins a shape and its values; their counts must agree.
    package init(shape: [Int], buffer: consuming FloatBuffer) {
        precondition(shape.reduce(1, *) == buffer.count)
        self.shape = shape
        self.buffer = buffer
    }

    /// The number of values.
    package var count: Int { buffer.count }
}
