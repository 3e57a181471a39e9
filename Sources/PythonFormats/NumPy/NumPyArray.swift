package import Tensors

/// An array of a `.npy` or `.npz` file, its numbers as float32 in C order whatever the file's type and order.
package struct NumPyArray: ~Copyable, Sendable {
    /// The length of each axis, slowest first.
    package let shape: [Int]
    /// The numbers, last axis fastest. float64 and 64-bit integers are rounded.
    package var values: Buffer<Float>
    /// The type as the file's header names it, such as `<f4`.
    package let storedType: String

    /// The numbers, handed over without a copy.
    package consuming func takeValues() -> Buffer<Float> { values }
}
