/// The memory that a planned network takes.
public struct NetworkMemory: Sendable, Hashable {
    /// Of activations and scratch for one patch, bytes.
    public let activations: Int
    /// Of one fold's packed weights, bytes.
    public let weights: Int
}
