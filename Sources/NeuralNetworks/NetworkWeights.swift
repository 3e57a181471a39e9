/// One checkpoint's weights, packed for the networks planned like the one that made them. Immutable, so threads may share it.
public final class NetworkWeights: Sendable {
    /// The bytes it holds.
    public let memoryFootprint: Int

    init(memoryFootprint: Int) {
        self.memoryFootprint = memoryFootprint
    }
}
