package import Files
package import Networks
import Tensors

/// A checkpoint's weights, packed for a network, and where they came from.
package struct PreparedWeights: Sendable {
    /// The packed weights.
    package let weights: NetworkWeights
    /// Whether they lay packed in the cache, so that the checkpoint's weights were not read.
    package let isFromCache: Bool
    /// The entry that they are mapped from; nil where they lie in the process's own memory.
    let mapping: WeightCacheMapping?
    /// For people: why the cache could not be used, or not as it was; nil where there is nothing to say.
    package let notice: String?

    init(weights: NetworkWeights, isFromCache: Bool, mapping: WeightCacheMapping? = nil, notice: String? = nil) {
        self.weights = weights
        self.isFromCache = isFromCache
        self.mapping = mapping
        self.notice = notice
    }
}

extension Network {
    /// A checkpoint's weights packed for this network: from `cache` where it has them, else from the checkpoint, which is then opened. What
    /// was opened once is known by its digest.
    ///
    /// - Throws: what opening or digesting the checkpoint throws; nothing for the cache.
    package func prepare(_ weights: any TrainedWeights, cache: WeightCache?) throws(Problem) -> PreparedWeights {
        if let cache { return try cache.weights(for: self, of: weights) }
        return PreparedWeights(weights: try pack(weights), isFromCache: false)
    }

    func pack(_ weights: any TrainedWeights) throws(Problem) -> NetworkWeights {
        let source = try weights.open()
        do throws(Problem) {
            return try prepare(source)
        } catch {
            throw error.at(weights.path)
        }
    }

    func pack(_ weights: any TrainedWeights, into values: inout FloatBuffer) throws(Problem) {
        let source = try weights.open()
        do throws(Problem) {
            try pack(source, into: &values)
        } catch {
            throw error.at(weights.path)
        }
    }
}
