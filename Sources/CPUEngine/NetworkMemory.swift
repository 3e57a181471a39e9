/// The memory that a planned network takes.
package struct NetworkMemory: Sendable, Hashable {
    /// Of activations and scratch for one patch, bytes.
    package let activations: Int
    /// Of one fold's packed weights, bytes.
    package let weights: Int
}
